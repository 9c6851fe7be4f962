"""`AWS_IAM` methods: who signed the call, and whether the signature is right.

Stock lets every call pass. What is not done here either: evaluating IAM policies and
the API's resource policy. Every caller with a correct signature may call.
"""

from __future__ import annotations

from typing import Any, Final

from localstack.services.apigateway.next_gen.execute_api.gateway import RestApiGateway
from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    ExpiredTokenError,
    InvalidSignatureError,
    MissingAuthTokenError,
)
from localstack.services.apigateway.next_gen.execute_api.handlers import (
    api_key_validation_handler,
)
from localstack.utils.patch import patch

from .. import identities, signatures

IAM: Final = "AWS_IAM"


class IncompleteSignature(InvalidSignatureError):  # type: ignore[misc]
    code = "IncompleteSignatureException"


class UnrecognizedClient(InvalidSignatureError):  # type: ignore[misc]
    code = "UnrecognizedClientException"


def install() -> None:
    @patch(RestApiGateway.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any) -> None:
        # AWS authorises before it looks at API keys and at the body.
        fn(self)
        index = self.request_handlers.index(api_key_validation_handler)
        self.request_handlers.insert(index, authorize)


def authorize(_chain: Any, context: Any, _response: Any) -> None:
    """Fills `$context.identity` from the caller's signature.

    Raises the gateway exceptions that AWS raises for a missing, an incomplete, an
    expired and a wrong signature.
    """
    if context.resource_method.get("authorizationType") != IAM:
        return
    request = context.request
    try:
        signature = signatures.of(request)
        if signature is None:
            raise MissingAuthTokenError("Missing Authentication Token")
        identity = identities.of(signature.access_key_id)
        if identity.session_token is not None:
            if signature.session_token != identity.session_token:
                raise UnrecognizedClient(
                    "The security token included in the request is invalid."
                )
            if identity.expired:
                raise ExpiredTokenError(
                    "The security token included in the request is expired"
                )
        signatures.verify(signature, request, "execute-api", identity.secret_access_key)
    except signatures.Incomplete as error:
        raise IncompleteSignature(str(error)) from error
    except signatures.Wrong as error:
        raise InvalidSignatureError(str(error)) from error
    context.context_variables["identity"].update(
        accountId=identity.account_id,
        accessKey=signature.access_key_id,
        caller=identity.caller,
        user=identity.caller,
        userArn=identity.arn,
    )
