"""IAM policies, as far as they decide who may call a method.

Source: AWS's pages "IAM JSON policy evaluation logic" and "IAM JSON policy elements:
Condition operators".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

ALLOW: Final = "Allow"
DENY: Final = "Deny"


class Unsupported(Exception):
    """A policy says something that is not understood here."""


def effect(
    policy: Mapping[str, Any],
    *,
    action: str,
    resource: str,
    principals: Iterable[str] | None = None,
    keys: Mapping[str, str] | None = None,
) -> str | None:
    """The effect of a policy on a call: DENY, ALLOW, or None where it says nothing.

    `principals` are all names of the caller, and None for a policy without
    principals; `keys` are the values of condition keys, such as `aws:SourceIp`.
    """
    effects = {
        statement["Effect"]
        for statement in several(policy["Statement"])
        if _names(statement, "Action", action)
        and _names(statement, "Resource", resource)
        and (principals is None or _is_for(statement, principals))
        and _holds(statement.get("Condition") or {}, keys or {})
    }
    return DENY if DENY in effects else ALLOW if ALLOW in effects else None


def several(value: Any) -> list[Any]:
    """A list of what a policy may give as one thing, too."""
    return value if isinstance(value, list) else [value]


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern with `*` and `?`."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.DOTALL) is not None


def _names(statement: Mapping[str, Any], element: str, value: str) -> bool:
    if f"Not{element}" in statement:
        return not _any_matches(several(statement[f"Not{element}"]), value)
    return _any_matches(several(statement[element]), value)


def _any_matches(patterns: Iterable[str], value: str) -> bool:
    return any(matches(pattern, value) for pattern in patterns)


def _is_for(statement: Mapping[str, Any], principals: Iterable[str]) -> bool:
    if "NotPrincipal" in statement:
        raise Unsupported("NotPrincipal")
    principal = statement["Principal"]
    named = {"*"} if principal == "*" else set(several(principal.get("AWS", [])))
    return "*" in named or not named.isdisjoint(principals)


def _holds(condition: Mapping[str, Mapping[str, Any]], keys: Mapping[str, str]) -> bool:
    return all(_each(condition, keys))


def _each(
    condition: Mapping[str, Mapping[str, Any]], keys: Mapping[str, str]
) -> Iterator[bool]:
    values = {key.lower(): value for key, value in keys.items()}
    for operator, wanted in condition.items():
        name = operator.removesuffix("IfExists")
        negated = name.replace("Not", "", 1)
        test = _OPERATORS.get(negated)
        if test is None:
            raise Unsupported(operator)
        for key, patterns in wanted.items():
            value = values.get(key.lower())
            if value is None:
                # A key that is not there fits no value, and so each negated one.
                yield operator.endswith("IfExists") or name != negated
                continue
            found = any(test(str(one), value) for one in several(patterns))
            yield found if name == negated else not found


def _is_within(network: str, address: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)


_OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "StringEquals": str.__eq__,
    "StringEqualsIgnoreCase": lambda wanted, value: wanted.lower() == value.lower(),
    "StringLike": matches,
    "ArnEquals": matches,
    "ArnLike": matches,
    "Bool": lambda wanted, value: wanted.lower() == value.lower(),
    "IpAddress": _is_within,
}
