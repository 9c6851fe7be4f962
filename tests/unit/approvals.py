"""A link approval without Terraform: its functions, and AWS by moto."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from link_approval import aws, decide, notify, store

KEY = "k" * 64
TOKEN = "a-task-token-that-nobody-may-see"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:approval:one"
HOST = "abc.lambda-url.us-east-1.on.aws"
CHOICES = [
    {"value": "approve", "label": None, "color": "green", "veto": False},
    {"value": "reject", "label": None, "color": "red", "veto": True},
]
ASKED = {
    "title": "Refund 1,200.00",
    "summary": "The parcel was lost.",
    "details": {"Customer": "Ada", "Amount": 1200, "Insured": True},
    "links": {"Order": "https://example.com/orders/7"},
}
ANN, BEN, CLEO = (
    {"email": "ann@example.com", "name": "Ann Lee"},
    {"email": "ben@example.com", "name": ""},
    {"email": "cleo@example.com", "name": "Cléo"},
)


class World:
    """AWS as the functions see it; holds what they did, and can fail on purpose."""

    def __init__(self, real_call: Callable[..., Any]) -> None:
        self._real_call = real_call
        self.calls: list[str] = []
        self.published: list[dict[str, Any]] = []
        self.emails: list[dict[str, Any]] = []
        self.resumed: list[str] = []
        # Error codes that an operation answers with, once each.
        self.faults: dict[str, list[str]] = {}
        # What happens just before an operation, once each.
        self.before: dict[str, list[Callable[[], object]]] = {}
        self.execution_status = "RUNNING"
        self.executions = 0

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        """In the place of ``aws.call``."""
        self.calls.append(f"{service}.{operation}")
        if waiting := self.before.get(operation):
            waiting.pop(0)()
        if codes := self.faults.get(operation):
            raise aws.Unavailable(codes.pop(0))
        if service == "sns":
            self.published.append(parameters)
            return {}
        if service == "ses":
            self.emails.append(parameters)
            return {}
        if operation == "send_task_success":
            self.resumed.append(parameters["taskToken"])
            return {}
        if operation == "describe_execution":
            return {"status": self.execution_status}
        return self._real_call(service, operation, **parameters)

    def create(self) -> None:
        """The table and the secret, as Terraform makes them."""
        self.client("secretsmanager").create_secret(Name="link-key", SecretString=KEY)
        self.client("dynamodb").create_table(
            TableName="requests",
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "request_id", "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": "request_id", "AttributeType": "S"}
            ],
        )

    def delete(self) -> None:
        """Everything, whatever a test left of it."""
        self.client("secretsmanager").delete_secret(
            SecretId="link-key", ForceDeleteWithoutRecovery=True
        )
        if self.client("dynamodb").list_tables()["TableNames"]:
            self.client("dynamodb").delete_table(TableName="requests")

    @staticmethod
    def client(service: str) -> Any:
        """The functions' own client."""
        return aws.client(service)

    def open(self, *approvers: dict[str, str], **options: Any) -> Asked:
        """A request that waits; ``options`` are those of ``opened``."""
        asked = self.opened(*approvers, **options)
        self.wait(asked.id)
        return asked

    def opened(
        self,
        *approvers: dict[str, str],
        request: Any = None,
        expires_in: int = 3600,
        **settings: Any,
    ) -> Asked:
        """A request that the workflow does not wait for yet."""
        self.executions += 1
        before = len(self.published)
        event = {
            "action": "open",
            "execution_arn": f"{EXECUTION}-{self.executions}",
            "url": f"https://{HOST}/",
            "request": ASKED if request is None else request,
            "approvers": list(approvers) or [ANN],
            "expires_in": expires_in,
            "retention_in_days": 30,
            "settings": {
                "choices": CHOICES,
                "comment": "OPTIONAL",
                "quorum": 1,
                **settings,
            },
        }
        answer = notify.handler(event, None)
        return Asked(self, answer["request_id"], self.published[before:])

    def wait(self, request_id: str, token: str = TOKEN) -> None:
        """What the workflow does when it begins to wait."""
        self.set(request_id, task_token={"S": token})

    def set(self, request_id: str, **attributes: Any) -> None:
        """Change an item as something else than the functions would."""
        self.client("dynamodb").update_item(
            TableName="requests",
            Key={"request_id": {"S": request_id}},
            UpdateExpression="SET "
            + ", ".join(f"#{name} = :{name}" for name in attributes),
            ExpressionAttributeNames={f"#{name}": name for name in attributes},
            ExpressionAttributeValues={f":{n}": v for n, v in attributes.items()},
        )


class Asked:
    """One request, and the links that its approvers got."""

    def __init__(
        self, world: World, request_id: str, published: list[dict[str, Any]]
    ) -> None:
        self.world = world
        self.id = request_id
        self.links = {
            message["MessageAttributes"]["approver"]["StringValue"]: path_of(message)
            for message in published
        }
        self.link = next(iter(self.links.values()))

    @property
    def item(self) -> dict[str, Any]:
        """What the table holds."""
        return self.world.client("dynamodb").get_item(
            TableName="requests", Key={"request_id": {"S": self.id}}
        )["Item"]

    @property
    def status(self) -> str:
        """The item's status."""
        return str(self.item["status"]["S"])

    @property
    def events(self) -> list[dict[str, str]]:
        """The audit trail."""
        return [
            {key: value["S"] for key, value in entry["M"].items()}
            for entry in self.item["audit"]["L"]
        ]

    @property
    def votes(self) -> dict[str, str]:
        """What each approver has voted, by e-mail address."""
        votes = store.Request(self.item).votes.values()
        return {vote["approver"]: vote["decision"] for vote in votes}


class Answer:
    """What the decision function returned."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.status = answer["statusCode"]
        self.headers = {name.lower(): v for name, v in answer["headers"].items()}
        self.text = answer["body"]

    @property
    def body(self) -> Any:
        """The JSON of the answer."""
        return json.loads(self.text)


def path_of(message: dict[str, Any]) -> str:
    """The path of the link in a published message."""
    document = json.loads(json.loads(message["Message"])["default"])
    assert document["url"].startswith(f"https://{HOST}/")
    return document["url"].removeprefix(f"https://{HOST}")


def send(
    path: str,
    method: str = "GET",
    *,
    body: str | None = None,
    query: str = "",
    encoded: bool = False,
    **headers: str,
) -> Answer:
    """One HTTP request, as a function URL passes it on (payload format 2.0)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    event: dict[str, Any] = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": HOST, "accept": "text/html", **named},
        "requestContext": {"http": {"method": method, "path": path}},
        "isBase64Encoded": encoded,
    }
    if body is not None:
        event["body"] = base64.b64encode(body.encode()).decode() if encoded else body
    return Answer(decide.handler(event, None))


def submit(path: str, *, encoded: bool = True, **fields: str) -> Answer:
    """A browser's form; Lambda hands it on in base64."""
    return send(
        path,
        "POST",
        body=urlencode(fields),
        encoded=encoded,
        content_type="application/x-www-form-urlencoded",
        origin="null",
        sec_fetch_site="same-origin",
    )


def choose(path: str, choice: str, comment: str = "") -> Answer:
    """A browser's form, confirmed."""
    return submit(path, choice=choice, comment=comment, confirmed="yes")


def post_json(path: str, body: Any) -> Answer:
    """A program's decision."""
    return send(
        path,
        "POST",
        body=json.dumps(body),
        accept="application/json",
        content_type="application/json",
    )


def in_an_hour() -> int:
    """An expiry that is not over."""
    return int(time.time()) + 3600
