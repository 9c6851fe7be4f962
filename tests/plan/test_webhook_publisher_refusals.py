"""What the webhook publisher refuses to plan, each by one mistake, and what it says."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from stepwire.pytest_plugin import PlanFactory
from stepwire.terraform import TerraformError

MODULE = Path(__file__).parents[2] / "modules" / "webhook-publisher"

SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:sanity-AbCdEf"
CONNECTION = (
    "arn:aws:events:us-east-1:111122223333:connection/dev/"
    "11111111-2222-3333-4444-555555555555"
)
DOMAIN = "arn:aws:es:us-east-1:111122223333:domain/search"
SANITY = {"project_id": "zp7mbokg"}

type Mistake = tuple[dict[str, Any], str]


def sender(says: str, *, sanity: dict[str, Any] | None = None, **wrong: Any) -> Mistake:
    good: dict[str, Any] = {"signing_secret_arn": SECRET}
    return {"sender": good | {"sanity": SANITY | (sanity or {})} | wrong}, says


def dev(says: str, **wrong: Any) -> Mistake:
    good = {"platform": "dev", "connection_arn": CONNECTION}
    return {"destinations": {"ours": good | wrong}}, says


def search(says: str, **wrong: Any) -> Mistake:
    good = {
        "platform": "opensearch",
        "endpoint": "https://search.example.com",
        "settings": {"index": "posts"},
        "signed": {"domain_arn": DOMAIN},
    }
    return {"destinations": {"ours": good | wrong}}, says


def http(says: str, request: dict[str, Any] | None, **wrong: Any) -> Mistake:
    good = {
        "platform": "http",
        "endpoint": "https://api.example.com",
        "connection_arn": CONNECTION,
    }
    return {"destinations": {"ours": good | {"request": request} | wrong}}, says


def named(name: str) -> Mistake:
    destinations = {name: {"platform": "dev", "connection_arn": CONNECTION}}
    return {"destinations": destinations}, f'Not so: "{name}".'


CREATE = {"create": {"path": "/posts"}}

WRONG: dict[str, Mistake] = {
    "a name with a space": ({"name": "my blog"}, "name must be 1 to 40 characters"),
    "nobody at once": (
        {"reserved_concurrency": 0},
        "a whole number of at least 1, or -1 for no reservation",
    ),
    "a memory shorter than a redrive": (
        {"retention_in_days": 14},
        "a failed execution can be redriven for 14",
    ),
    "a summary by no task": (
        {"summary_task": '{"Type": "Pass"}'},
        "summary_task must be the JSON of one Task state",
    ),
    "dead letters to nowhere": (
        {"dead_letter": {}},
        "dead_letter has exactly one of queue_url and topic_arn",
    ),
    # The sender
    "no sender": ({"sender": {"signing_secret_arn": SECRET}}, "it is none."),
    "two senders": sender("it is sanity and github.", github={}),
    "a signing secret by value": sender(
        "not the secrets themselves", signing_secret_arn="s3cret"
    ),
    "no tolerance": sender("at least 1000: clocks differ", tolerance_ms=0),
    "a canonical URL without a slug": sender(
        'not "https://blog.example.com/posts".',
        canonical_url="https://blog.example.com/posts",
    ),
    "a canonical URL of payloads": (
        {
            "sender": {
                "signing_secret_arn": SECRET,
                "canonical_url": "https://blog.example.com/{slug}",
                "github": {},
            },
            "destinations": http("", CREATE)[0]["destinations"],
        },
        "sender.canonical_url is for posts, which only sanity has",
    ),
    "a project in capitals": sender(
        "as Sanity's project page shows it", sanity={"project_id": "ZP7"}
    ),
    "a dataset with a space": sender(
        "sender.sanity.dataset is 1 to 64", sanity={"dataset": "my data"}
    ),
    "an API version without a v": sender(
        "a date with a v before it", sanity={"api_version": "2025-02-19"}
    ),
    "an API without TLS": sender(
        "sender.sanity.api_url is https:// and a host",
        sanity={"api_url": "http://zp7mbokg.api.sanity.io"},
    ),
    "an API that answers from a cache": sender(
        "Use https://zp7mbokg.api.sanity.io.",
        sanity={"api_url": "https://zp7mbokg.apicdn.sanity.io"},
    ),
    "a query of any document": sender(
        "does not use $id", sanity={"query": "*[_type == 'post'][0]"}
    ),
    "a query longer than an environment": sender(
        "has 3004 characters", sanity={"query": "$id " + 3000 * "x"}
    ),
    # Destinations
    "nowhere to publish": ({"destinations": {}}, "destinations is empty"),
    "a destination in capitals": named("Dev"),
    "a destination with a long name": named(31 * "x"),
    "a platform that is none": dev('Not so: ours ("wordpress").', platform="wordpress"),
    "no authorization": dev("exactly one of connection_arn", connection_arn=None),
    "two authorizations": search(
        "exactly one of connection_arn", connection_arn=CONNECTION
    ),
    "an event bus as connection": dev(
        "(not of an event bus or an API destination). Not so: ours.",
        connection_arn="arn:aws:events:us-east-1:111122223333:event-bus/default",
    ),
    "signatures for who does not know them": dev(
        "no other platform knows AWS's signatures",
        connection_arn=None,
        signed={"domain_arn": DOMAIN},
    ),
    "a serverless collection": search(
        "an older change that arrives late would win",
        signed={"domain_arn": "arn:aws:aoss:us-east-1:111122223333:collection/a"},
    ),
    "a domain by its name": search(
        "signed.domain_arn is the ARN of an OpenSearch domain",
        signed={"domain_arn": "search"},
    ),
    "OpenSearch without an endpoint": search(
        "opensearch and http have no default endpoint", endpoint=None
    ),
    "an endpoint without TLS": dev(
        "over http:// the credentials would be readable",
        endpoint="http://dev.example.com",
    ),
    "an HTTP Task to a stand-in": search(
        "(with signed, http://127.0.0.1 is taken, for a stand-in). Not so: ours.",
        endpoint="http://127.0.0.1:9200",
        connection_arn=CONNECTION,
        signed=None,
    ),
    "an endpoint with credentials": dev(
        "endpoint has credentials in it", endpoint="https://ada:s3cret@dev.to"
    ),
    "an endpoint with a query": dev(
        "a fixed host and without a query", endpoint="https://dev.to/?key=1"
    ),
    "a setting that is missing": dev(
        "lacks a required setting: ours.settings.author_id", platform="medium"
    ),
    "a setting that is misspelt": dev(
        "ours.settings.organisation_id (dev has organization_id, series)",
        settings={"organisation_id": "1"},
    ),
    "a setting of another shape": dev(
        'ours.settings.organization_id = "us" (not ^[0-9]+$)',
        settings={"organization_id": "us"},
    ),
    "an index that leads elsewhere": search(
        'ours.settings.index = "a/_doc"', settings={"index": "a/_doc"}
    ),
    "something else when unsure": dev(
        'if_unsure is "STOP" or "REPEAT". Not so: ours.', if_unsure="ASK"
    ),
    "a repetition where one can ask": dev("Leave it out of: ours.", if_unsure="REPEAT"),
    "HTTP without a request": http('request is what platform = "http" asks', None),
    "a path without a slash": http(
        "Not so: ours.request.create.", {"create": {"path": "posts"}}
    ),
    "a path that ends in an expression": http(
        "JSONata stands in {% … %}. Not so: ours.request.update.",
        CREATE | {"update": {"path": "/posts/{% $remote_id"}},
    ),
    "a method without effect": http(
        "ours.request.create (GET)", {"create": {"path": "/", "method": "GET"}}
    ),
    "a body that is no JSON": http(
        "wrap it in jsonencode(…). Not so: ours.request.create.",
        {"create": {"path": "/", "body": "title=1"}},
    ),
    "a header with a colon": http(
        'Not so: ours ("Accept:").', CREATE | {"headers": {"Accept:": "a"}}
    ),
    "a header that belongs into the connection": http(
        "does not let a state send Authorization",
        CREATE | {"headers": {"Authorization": "Bearer s3cret"}},
    ),
    "half an attempt": dev(
        "max_attempts is a whole number", retry={"throttled": {"max_attempts": 0.5}}
    ),
    "pauses that shrink": dev(
        "max_delay_seconds a larger one",
        retry={"server_error": {"interval_seconds": 60, "max_delay_seconds": 30}},
    ),
    "no time to find": dev(
        "retry.find_after_seconds is", retry={"find_after_seconds": 0}
    ),
    "a payload for a platform of posts": (
        {"sender": {"signing_secret_arn": SECRET, "github": {}}},
        "A webhook of github is passed through",
    ),
}

# Rules of destination_rules.tf: Terraform checks them later, and not at all where it
# has refused something before.
LATER = {
    "a setting that is missing",
    "a setting that is misspelt",
    "a setting of another shape",
    "an index that leads elsewhere",
    "a method without effect",
    "a header with a colon",
    "a header that belongs into the connection",
    "half an attempt",
    "pauses that shrink",
    "no time to find",
    "a payload for a platform of posts",
}


@pytest.fixture(scope="session")
def refusals(
    stepwire_plan: PlanFactory, tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """What Terraform says to all wrong calls.

    Of the module only what its variables need is there: no plan of half a hundred
    publishers.
    """
    root = tmp_path_factory.mktemp("refusals")
    module = root / "webhook-publisher"
    module.mkdir()
    shared = MODULE.parent / "http-connection/request/forbidden_headers.yaml"
    (root / "http-connection/request").mkdir(parents=True)
    shutil.copy(shared, root / "http-connection/request")
    for file in (
        *MODULE.glob("variables*.tf"),
        MODULE / "destinations.tf",
        MODULE / "destination_rules.tf",
        MODULE / "platforms.yaml",
    ):
        shutil.copy(file, module)
    said = []
    for number, names in enumerate((WRONG.keys() - LATER, LATER)):
        folder = root / f"calls-{number}"
        folder.mkdir()
        source = os.path.relpath(module, folder)
        calls = {
            f"wrong-{n}": {"source": source, "name": "blog"}
            | sender("")[0]
            | dev("")[0]
            | WRONG[name][0]
            for n, name in enumerate(sorted(names))
        }
        (folder / "main.tf.json").write_text(
            # Expressions of ours are JSONata's.
            json.dumps({"module": calls}).replace("%{", "%%{"),
            encoding="utf-8",
        )
        with pytest.raises(TerraformError) as refused:
            stepwire_plan(folder)
        said += [" ".join(one.detail.split()) for one in refused.value.diagnostics]
    return said


@pytest.mark.parametrize("what", WRONG)
def test_a_refusal_says_what_is_wrong(refusals: list[str], what: str) -> None:
    _, message = WRONG[what]
    assert any(message in refusal for refusal in refusals), refusals


def test_there_is_one_refusal_for_each_mistake(refusals: list[str]) -> None:
    assert len(refusals) == len(WRONG)
