"""Call an API or a function URL as a client would: signed, on AWS or the emulator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from stepwire.errors import StepwireError


@dataclass(frozen=True)
class Response:
    """An answer: ``status`` (HTTP), ``headers`` (names in lower case), ``text``."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        """The answer's JSON; a StepwireError shows an answer that is not JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            raise StepwireError(
                f"The answer {self.status} is not JSON: {self.text[:200]!r}"
            ) from None


def emulated_url(url: str, endpoint_url: str) -> str:
    """The emulator's URL of an API, given the one that Terraform put out.

    The provider makes ``invoke_url`` for AWS whatever it talks to
    (``https://ID.execute-api.REGION.amazonaws.com/STAGE``); the emulator serves
    the same API at ``http://ID.execute-api.localhost:PORT/STAGE``.
    """
    parts, endpoint = urlsplit(url), urlsplit(endpoint_url)
    api_id, service, *_ = (parts.hostname or "").split(".")
    host = f"{api_id}.{service}.localhost:{endpoint.port}"
    return urlunsplit((endpoint.scheme, host, parts.path, parts.query, ""))


class ApiClient:
    """Sends requests to one API, each signed with AWS Signature Version 4.

    ``service`` is what they are signed for: ``execute-api``, or ``lambda`` for a
    function URL. ``credentials`` is ``(access key id, secret access key)``, or with
    a session token as the third; ``None`` sends unsigned requests. Names below
    ``localhost`` are this machine (RFC 6761), which Python's resolver does not
    know on every system: they are called at 127.0.0.1.
    """

    def __init__(
        self,
        url: str,
        *,
        credentials: tuple[str, ...] | None = ("test", "test"),
        service: str = "execute-api",
        region: str = "us-east-1",
        timeout: float = 35.0,
    ) -> None:
        self.url = url.rstrip("/")
        self._service = service
        self._region = region
        self._credentials = Credentials(*credentials) if credentials else None
        self._pool = urllib3.PoolManager(
            maxsize=32, retries=False, timeout=urllib3.Timeout(total=timeout)
        )

    def request(
        self,
        method: str,
        path: str = "",
        body: Any = None,
        *,
        text: str | bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Send ``body`` as JSON, or ``text`` as it is, and return the answer.

        ``path`` is appended to the API's URL and must be URL-encoded. Raises
        StepwireError when there is no answer.
        """
        url = self.url + path
        data = text if text is not None else None
        if body is not None:
            data = json.dumps(body)
        if isinstance(data, str):
            data = data.encode()
        sent = {"Content-Type": "application/json"} if data is not None else {}
        sent |= headers or {}
        request = AWSRequest(method=method, url=url, data=data, headers=sent)
        if self._credentials:
            SigV4Auth(self._credentials, self._service, self._region).add_auth(request)
        target, host = _resolved(url)
        try:
            answer = self._pool.request(
                method,
                target,
                body=data,
                headers=dict(request.headers.items()) | {"Host": host},
            )
        except urllib3.exceptions.HTTPError as error:
            raise StepwireError(
                f"No answer from {method} {url}: {error}",
                hint="`stepwire status` shows whether the emulator is up.",
            ) from error
        return Response(
            answer.status,
            {name.lower(): value for name, value in answer.headers.items()},
            answer.data.decode("utf-8", "replace"),
        )

    def get(self, path: str = "", **options: Any) -> Response:
        """``request("GET", …)``."""
        return self.request("GET", path, **options)

    def post(self, path: str = "", body: Any = None, **options: Any) -> Response:
        """``request("POST", …)``."""
        return self.request("POST", path, body, **options)


def _resolved(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    host = parts.netloc
    if (parts.hostname or "").endswith(".localhost"):
        parts = parts._replace(netloc=f"127.0.0.1:{parts.port or 80}")
    return urlunsplit(parts), host
