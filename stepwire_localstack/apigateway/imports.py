"""Parts of an OpenAPI document that stock's import leaves out.

That is: IAM authorisation, the role that an integration uses, gateway responses,
schemas written where they are used, and models for content types other than JSON.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from localstack.services.apigateway.helpers import get_apigateway_store
from localstack.services.apigateway.legacy import provider as legacy
from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    DEFAULT_GATEWAY_RESPONSES,
    build_gateway_response,
)

from . import siblings
from .authorization import IAM

_METHODS: Final = {
    "get": "GET",
    "put": "PUT",
    "post": "POST",
    "delete": "DELETE",
    "options": "OPTIONS",
    "head": "HEAD",
    "patch": "PATCH",
    "x-amazon-apigateway-any-method": "ANY",
}


def install() -> None:
    stock = legacy.import_api_from_openapi_spec

    def import_document(
        rest_api: Any, context: Any, open_api_spec: Any, mode: Any
    ) -> Any:
        merged = mode != "overwrite"
        existing = [each.get_path() for each in rest_api.resources.values()]
        siblings.check(open_api_spec, existing if merged else ())
        document = _with_named_schemas(open_api_spec)
        container = get_apigateway_store(context).rest_apis[rest_api.id]
        container.resolved_models.clear()
        if not merged:
            container.gateway_responses.clear()
            container.validators.clear()
            rest_api.policy = None
        result = stock(rest_api, context, document, mode)
        _complete_methods(rest_api, document)
        _import_gateway_responses(container, document)
        return result

    legacy.import_api_from_openapi_spec = import_document


def _operations(document: Any) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in (document.get("paths") or {}).items():
        for name, operation in item.items():
            if name in _METHODS and isinstance(operation, dict):
                yield path, _METHODS[name], operation


def _request_schemas(operation: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The content types of a request body with the object that holds the schema."""
    content = (operation.get("requestBody") or {}).get("content") or {}
    for content_type, media_type in content.items():
        if media_type.get("schema") is not None:
            yield content_type, media_type


def _with_named_schemas(document: Any) -> Any:
    """Moves schemas that stand in a request body to the components, as AWS does."""
    document = copy.deepcopy(document)
    for _, _, operation in _operations(document):
        for _, media_type in _request_schemas(operation):
            schema = media_type["schema"]
            if "$ref" in schema:
                continue
            text = json.dumps(schema, sort_keys=True)
            digest = hashlib.sha256(text.encode()).hexdigest()
            name = f"MODEL{int(digest[:6], 16):06d}"[:11]
            components = document.setdefault("components", {})
            components.setdefault("schemas", {})[name] = schema
            media_type["schema"] = {"$ref": f"#/components/schemas/{name}"}
    return document


def _complete_methods(rest_api: Any, document: Any) -> None:
    resources = {each.get_path(): each for each in rest_api.resources.values()}
    for path, method_name, operation in _operations(document):
        # A document can be imported below a base path.
        resource = resources.get(path.rstrip("/") or "/") or next(
            (each for location, each in resources.items() if location.endswith(path)),
            None,
        )
        method = resource and resource.resource_methods.get(method_name)
        if not method:
            continue
        if _is_iam(operation, document):
            method.authorization_type = IAM
        models = {
            content_type: media_type["schema"]["$ref"].rpartition("/")[2]
            for content_type, media_type in _request_schemas(operation)
        }
        if models:
            method.request_models = models
        integration = operation.get("x-amazon-apigateway-integration") or {}
        if method.method_integration and integration.get("credentials"):
            method.method_integration.credentials = integration["credentials"]


def _is_iam(operation: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether a method is IAM-authorised, in either notation that AWS reads."""
    extension = operation.get("x-amazon-apigateway-auth") or {}
    if extension.get("type"):
        return str(extension["type"]).upper() == IAM
    schemes = document.get("securityDefinitions") or (
        document.get("components") or {}
    ).get("securitySchemes", {})
    required = operation.get("security", document.get("security")) or []
    return any(
        schemes.get(name, {}).get("x-amazon-apigateway-authtype") == "awsSigv4"
        for alternative in required
        for name in alternative
    )


def _import_gateway_responses(container: Any, document: Any) -> None:
    responses = document.get("x-amazon-apigateway-gateway-responses") or {}
    for kind, settings in responses.items():
        if kind in DEFAULT_GATEWAY_RESPONSES:
            status = settings.get("statusCode")
            container.gateway_responses[kind] = build_gateway_response(
                response_type=kind,
                status_code=None if status is None else str(status),
                response_parameters=settings.get("responseParameters"),
                response_templates=settings.get("responseTemplates"),
                default_response=False,
            )
