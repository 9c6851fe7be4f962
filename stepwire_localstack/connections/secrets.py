"""The fields that a connection keeps in its secret, and those that it shows.

The secret is one JSON object in Secrets Manager, named
``events!connection/NAME/ID``; its keys are AWS's, in snake case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

BASIC: Final = "BASIC"
API_KEY: Final = "API_KEY"
OAUTH: Final = "OAUTH_CLIENT_CREDENTIALS"

_KINDS: Final = {
    "HeaderParameters": "header_parameters",
    "QueryStringParameters": "query_string_parameters",
    "BodyParameters": "body_parameters",
}
_FIELDS: Final = {
    BASIC: ("BasicAuthParameters", {"Username": "username", "Password": "password"}),
    API_KEY: (
        "ApiKeyAuthParameters",
        {"ApiKeyName": "api_key_name", "ApiKeyValue": "api_key_value"},
    ),
    OAUTH: (
        "OAuthParameters",
        {
            "AuthorizationEndpoint": "authorization_endpoint",
            "HttpMethod": "http_method",
        },
    ),
}
_CLIENT: Final = {"ClientID": "client_id", "ClientSecret": "client_secret"}
_HIDDEN: Final = frozenset(("Password", "ApiKeyValue", "ClientSecret"))


def secret_value(
    authorization_type: str,
    parameters: Mapping[str, Any],
    before: Mapping[str, Any],
) -> dict[str, Any]:
    """The secret for ``AuthParameters``; what an update leaves out is as ``before``."""
    field, names = _FIELDS[authorization_type]
    given = parameters.get(field) or {}
    value = _taken(given, names, before)
    if authorization_type == OAUTH:
        value |= _taken(given.get("ClientParameters") or {}, _CLIENT, before)
        if "OAuthHttpParameters" in given:
            value["oauth_http_parameters"] = _snake(given["OAuthHttpParameters"])
        elif "oauth_http_parameters" in before:
            value["oauth_http_parameters"] = before["oauth_http_parameters"]
    if "InvocationHttpParameters" in parameters:
        invocation = parameters["InvocationHttpParameters"]
        value["invocation_http_parameters"] = _snake(invocation)
    return value


def public_parameters(secret: Mapping[str, Any]) -> dict[str, Any]:
    """``AuthParameters`` as the connection shows them: without its credentials."""
    shown: dict[str, Any] = {}
    for field, names in _FIELDS.values():
        values = {
            name: secret[key]
            for name, key in names.items()
            if key in secret and name not in _HIDDEN
        }
        if values:
            shown[field] = values
    if "client_id" in secret:
        oauth = shown[_FIELDS[OAUTH][0]]
        oauth["ClientParameters"] = {"ClientID": secret["client_id"]}
        if "oauth_http_parameters" in secret:
            oauth["OAuthHttpParameters"] = _camel(secret["oauth_http_parameters"])
    if "invocation_http_parameters" in secret:
        invocation = _camel(secret["invocation_http_parameters"])
        shown["InvocationHttpParameters"] = invocation
    return shown


def without_secret_values(parameters: Any) -> Any:
    """The same parameters, without the values that are marked as secret."""
    if isinstance(parameters, list):
        return [without_secret_values(each) for each in parameters]
    if not isinstance(parameters, dict):
        return parameters
    hidden = {"Value"} if parameters.get("IsValueSecret") else set()
    return {
        name: without_secret_values(value)
        for name, value in parameters.items()
        if name not in hidden
    }


def pairs(parameters: Mapping[str, Any], kind: str) -> list[tuple[str, str]]:
    """Keys and values of one kind, such as ``header_parameters``."""
    return [(each["key"], str(each["value"])) for each in parameters.get(kind) or ()]


def _taken(
    given: Mapping[str, Any], names: Mapping[str, str], before: Mapping[str, Any]
) -> dict[str, Any]:
    values = {key: given.get(name, before.get(key)) for name, key in names.items()}
    return {key: value for key, value in values.items() if value is not None}


def _snake(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: [
            {
                "key": each["Key"],
                "value": each.get("Value", ""),
                "is_value_secret": bool(each.get("IsValueSecret", False)),
            }
            for each in parameters[name]
        ]
        for name, key in _KINDS.items()
        if parameters.get(name)
    }


def _camel(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: [
            {
                "Key": each["key"],
                "Value": each["value"],
                "IsValueSecret": each["is_value_secret"],
            }
            for each in parameters[key]
        ]
        for name, key in _KINDS.items()
        if key in parameters
    }
