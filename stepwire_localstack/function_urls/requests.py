"""A request to a function URL: who may send it, the event, the response."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from localstack.aws.api import CommonServiceException
from localstack.aws.api.lambda_ import FunctionUrlAuthType, InvocationType
from localstack.aws.protocol.serializer import gen_amzn_requestid
from localstack.http import Response
from localstack.services.lambda_ import urlrouter as stock
from localstack.services.lambda_.invocation.models import lambda_stores

from .. import identities, lambda_quotas, request_bodies, signatures
from . import cors, policies

_FORBIDDEN: Final = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
_TEXT: Final = re.compile(
    r"text/|application/(.+\+)?(json|xml)$|application/javascript$"
)


class Refused(Exception):
    """The request does not reach the function."""

    def __init__(self, status: int, error: str, message: str | None) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.message = message


def answer(service: Any, request: Any, url_id: str, region: str) -> Response:
    """Invokes the function as Lambda does for a request to its URL."""
    try:
        function, url = _find(url_id, region)
        if cors.is_preflight(request, url.cors):
            return Response(status=200, headers=cors.preflight(request, url.cors))
        identity = _identity(request, function, url)
        response = _invoke(service, _event(request, url_id, identity), url)
    except Refused as refused:
        response = _json(refused.status, {"Message": refused.message})
        response.headers["x-amzn-ErrorType"] = refused.error
        return response
    response.headers.update(cors.headers(request, url.cors))
    return response


def _find(url_id: str, region: str) -> tuple[Any, Any]:
    """The function and the configuration of the URL, whose name has no case."""
    for _, store_region, store in lambda_stores.iter_stores():
        for function in store.functions.values() if store_region == region else ():
            for url in function.function_url_configs.values():
                if url.url_id.lower() == url_id.lower():
                    return function, url
    raise Refused(403, "AccessDeniedException", None)


def _identity(request: Any, function: Any, url: Any) -> identities.Identity | None:
    """The signer of the request; None for a public URL."""
    if url.auth_type == FunctionUrlAuthType.NONE:
        if not policies.everybody_may_call(function, _qualifier(url)):
            raise Refused(403, "AccessDeniedException", _FORBIDDEN)
        return None
    try:
        signature = signatures.of(request)
        if signature is None:
            raise Refused(403, "AccessDeniedException", _FORBIDDEN)
        identity = identities.of(signature.access_key_id)
        if identity.session_token not in (None, signature.session_token):
            raise Refused(
                403,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            )
        signatures.verify(signature, request, "lambda", identity.secret_access_key)
    except signatures.Incomplete as error:
        raise Refused(403, "IncompleteSignatureException", str(error)) from error
    except signatures.Wrong as error:
        raise Refused(403, "InvalidSignatureException", str(error)) from error
    return identity


def _event(
    request: Any, url_id: str, identity: identities.Identity | None
) -> dict[str, Any]:
    event: dict[str, Any] = stock.event_for_lambda_url(url_id, request)
    event |= _body(request_bodies.sent(request), request.mimetype)
    context = event["requestContext"]
    context["http"]["sourceIp"] = request.remote_addr
    event["headers"]["x-forwarded-for"] = request.remote_addr
    if not event["queryStringParameters"]:
        del event["queryStringParameters"]
    if cookies := event["headers"].get("cookie"):
        event["cookies"] = cookies.split("; ")
    if identity is not None:
        context["accountId"] = identity.account_id
        context["authorizer"] = {
            "iam": {
                "accountId": identity.account_id,
                "callerId": identity.caller,
                "cognitoIdentity": None,
                "principalOrgId": None,
                "userArn": identity.arn,
                "userId": identity.caller,
            }
        }
    return event


def _body(data: bytes, mimetype: str) -> dict[str, Any]:
    """The body as text where its type is one, else, as for forms, in base64."""
    if not data:
        return {"isBase64Encoded": False}
    if _TEXT.match(mimetype):
        try:
            return {"body": data.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(data).decode(), "isBase64Encoded": True}


def _invoke(service: Any, event: Mapping[str, Any], url: Any) -> Response:
    payload = json.dumps(event).encode()
    _, _, _, region, account, _, name, *_ = url.function_arn.split(":")
    try:
        lambda_quotas.require_small_enough(payload, InvocationType.RequestResponse)
        result = service.invoke(
            function_name=name,
            qualifier=_qualifier(url),
            account_id=account,
            region=region,
            invocation_type=InvocationType.RequestResponse,
            client_context="{}",
            payload=payload,
            request_id=gen_amzn_requestid(),
        )
    except CommonServiceException as error:
        raise Refused(error.status_code, error.code, error.message) from error
    if result.is_error:
        return Response("Internal Server Error", 502)
    response = stock.lambda_result_to_response(result)
    for cookie in _cookies(result.payload):
        response.headers.add("Set-Cookie", cookie)
    return response


def _qualifier(url: Any) -> str | None:
    """The alias that the URL belongs to."""
    parts: list[str] = url.function_arn.split(":")
    return parts[7] if len(parts) > 7 else None


def _cookies(payload: str | bytes) -> list[str]:
    try:
        returned = json.loads(payload)
    except ValueError:
        return []
    return returned.get("cookies", []) if isinstance(returned, dict) else []


def _json(status: int, body: object) -> Response:
    # As AWS writes it: {"Message":null} where there is no such URL.
    text = json.dumps(body, separators=(",", ":"))
    return Response(text, status=status, mimetype="application/json")
