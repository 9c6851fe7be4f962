"""A webhook publisher's function without AWS or Terraform."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from pathlib import Path
from typing import Any

from webhook_publisher import aws, initiate

KEY = "the-key-that-signs"
TOKEN = "the-token-that-reads"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:publisher"
DOCUMENTS = Path(__file__).parent / "fixtures" / "sanity"
ENVIRONMENT = {
    "SOURCE": "sanity",
    "SIGNING_SECRET_ARN": "signing",
    "SIGNATURE_TOLERANCE_MS": "300000",
    "STATE_MACHINE_ARN": MACHINE,
    "CANONICAL_URL": "https://blog.example.com/posts/{slug}",
    "SANITY_PROJECT_ID": "zp7mbokg",
    "SANITY_DATASET": "production",
    "SANITY_DOCUMENT_TYPE": "post",
    "SANITY_API_VERSION": "v2025-02-19",
    "SANITY_TOKEN_SECRET_ARN": "",
    "SANITY_QUERY": "",
}


class Machine:
    """Step Functions and Secrets Manager, in the place of ``aws.call``."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        # By ARN, the newest first.
        self.secrets = {"signing": [KEY], "token": [TOKEN]}
        self.executions: dict[str, str] = {}
        # Error codes that an operation answers with, once each.
        self.faults: dict[str, list[str]] = {}
        self._lock = threading.Lock()

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        """One request to AWS."""
        with self._lock:
            self.calls.append(f"{service}.{operation}")
            if codes := self.faults.get(operation):
                raise aws.Unavailable(codes.pop(0))
            if operation == "get_secret_value":
                return self._secret(**parameters)
            return self._start(**parameters)

    def _secret(self, SecretId: str, VersionStage: str) -> Any:
        versions = self.secrets[SecretId]
        place = ("AWSCURRENT", "AWSPREVIOUS").index(VersionStage)
        if place >= len(versions):
            raise aws.Unavailable("ResourceNotFoundException")
        return {"SecretString": versions[place]}

    def _start(self, stateMachineArn: str, name: str, input: str) -> Any:
        assert stateMachineArn == MACHINE
        assert len(input.encode()) <= 262_144
        # The same input again is answered as the first time: AWS's own rule.
        if self.executions.setdefault(name, input) != input:
            raise aws.Unavailable("ExecutionAlreadyExists")
        return {
            "executionArn": f"{MACHINE}:{name}".replace("stateMachine", "execution")
        }

    @property
    def input(self) -> Any:
        """What the only execution got."""
        [text] = self.executions.values()
        return json.loads(text)


class Answer:
    """What the function returned."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.status = answer["statusCode"]
        self.headers = answer["headers"]
        self.text = answer["body"]
        self.body = json.loads(self.text)


def document_of(name: str) -> dict[str, Any]:
    """The document of a fixture."""
    found: dict[str, Any] = json.loads((DOCUMENTS / f"{name}.json").read_text())
    return found


def now_ms() -> int:
    """Now, as Sanity's signatures have it."""
    return int(time.time() * 1000)


def sign(body: bytes, key: str = KEY, at: int | None = None) -> str:
    """Sanity's header."""
    moment = now_ms() if at is None else at
    return f"t={moment},v1={digest(body, key, moment)}"


def digest(body: bytes, key: str, moment: int) -> str:
    """Sanity's ``v1``."""
    made = hmac.digest(key.encode(), f"{moment}.".encode() + body, "sha256")
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def event_of(
    body: bytes,
    headers: dict[str, str],
    *,
    encoded: bool = False,
    method: str = "POST",
    request_id: str = "",
) -> dict[str, Any]:
    """One request, as a REST API's proxy integration passes it on."""
    return {
        "httpMethod": method,
        "path": "/webhook",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "requestContext": {"requestId": request_id or f"request-{time.monotonic_ns()}"},
        "isBase64Encoded": encoded,
        "body": base64.b64encode(body).decode() if encoded else body.decode(),
    }


def send(body: bytes, headers: dict[str, str], **options: Any) -> Answer:
    """One request."""
    return Answer(initiate.handler(event_of(body, headers, **options), None))


def tell(
    payload: Any, *, key: str = KEY, at: int | None = None, **headers: str
) -> Answer:
    """What Sanity sends; ``headers`` with underscores for hyphens."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    return send(
        body,
        {
            "sanity-webhook-signature": sign(body, key, at),
            "idempotency-key": "delivery-1",
            "sanity-operation": "update",
            "content-type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
