"""Mapping templates: `$input`, `$util` and how a template is rendered."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote_plus, unquote_plus

import airspeed
from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    BadRequestBodyError,
    BaseGatewayException,
)
from localstack.services.apigateway.next_gen.execute_api.template_mapping import (
    ApiGatewayVtlTemplate,
    VelocityInput,
    VelocityUtilApiGateway,
    cast_to_vtl_json_object,
)
from localstack.utils.patch import patch

from . import json_paths, velocity
from .texts import text, to_json

_NOT_JSON: Final = "Could not parse request body into json: "


def install() -> None:
    velocity.install()
    _patch_input()
    _patch_util()
    _patch_rendering()


def _patch_rendering() -> None:
    def render(
        self: Any, template: str, variables: dict[str, Any], as_json: bool = False
    ) -> Any:
        # Stock parses a template for every call, changing its text in between, and
        # gives some strings other methods than others.
        namespace = self.prepare_namespace(variables)
        try:
            return _compiled(template).merge(namespace)
        except airspeed.TemplateExecutionError as error:
            raise _reason(error) from error

    ApiGatewayVtlTemplate.render_vtl = render


@lru_cache(maxsize=512)
def _compiled(template: str) -> Any:
    compiled = airspeed.Template(template)
    compiled.ensure_compiled()
    return compiled


def _reason(error: BaseException) -> BaseException:
    """The gateway exception that `$input` raised inside the template, if it was one."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, BaseGatewayException):
            break
        cause = cause.__cause__
    return cause or error


def _patch_input() -> None:
    @patch(VelocityInput._extract_json_path)  # type: ignore[untyped-decorator]
    def extract(_fn: Any, self: Any, path: str) -> Any:
        # An empty body counts as an empty object. Stock sees no difference between a
        # member that is null, one that is missing and a body that is no JSON.
        return json_paths.find(_parsed(self), path)

    @patch(VelocityInput.path)  # type: ignore[untyped-decorator]
    def path(_fn: Any, self: Any, path: str) -> Any:
        found = self._extract_json_path(path)
        return None if found is json_paths.MISSING else cast_to_vtl_json_object(found)

    @patch(VelocityInput.json)  # type: ignore[untyped-decorator]
    def as_json(_fn: Any, self: Any, path: str) -> str:
        found = self._extract_json_path(path or "$")
        return '""' if found is json_paths.MISSING else to_json(found)

    @patch(VelocityInput.params)  # type: ignore[untyped-decorator]
    def params(fn: Any, self: Any, name: str | None = None) -> Any:
        if name is None:
            # As maps, so that a template can go through their keys.
            return {
                kind: dict(values or {}) for kind, values in self.parameters.items()
            }
        for kind in ("path", "querystring", "header"):
            value = (self.parameters.get(kind) or {}).get(name)
            if value:
                return value
        return ""


def _parsed(source: Any) -> Any:
    """The body of `$input`, parsed once. Raises BadRequestBodyError, as AWS does."""
    if not hasattr(source, "_parsed_body"):
        body = source.value or "{}"
        try:
            source._parsed_body = (
                json.loads(body, parse_constant=_refused, parse_float=_finite)
                if isinstance(body, (str, bytes))
                else body
            )
        except (ValueError, RecursionError) as error:
            raise BadRequestBodyError(f"{_NOT_JSON}{error}") from error
    return source._parsed_body


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(f"Numeric value ({text}) out of range")
    return number


_ESCAPES: Final = {
    "\b": "\\b",
    "\n": "\\n",
    "\t": "\\t",
    "\f": "\\f",
    "\r": "\\r",
    "'": "\\'",
    '"': '\\"',
    "\\": "\\\\",
    "/": "\\/",
}


def escape_javascript(value: str) -> str:
    r"""Escapes like Apache Commons Lang, which API Gateway uses.

    Also what JSON does not escape: `'` becomes `\'`, which is not JSON, `/` becomes
    `\/`, and each UTF-16 unit beyond ASCII `\uXXXX`.
    """
    return "".join(_escaped(character) for character in value)


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if " " <= character <= "~":
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(
        f"\\u{units[i] << 8 | units[i + 1]:04X}" for i in range(0, len(units), 2)
    )


def _patch_util() -> None:
    util = VelocityUtilApiGateway

    @patch(util.escapeJavaScript)  # type: ignore[untyped-decorator]
    def escape(_fn: Any, self: Any, value: Any) -> Any:
        # Stock escapes as JSON does, leaves "'" alone and makes {} of an empty text.
        return value if value is None else escape_javascript(text(value))

    @patch(util.base64Decode)  # type: ignore[untyped-decorator]
    def decode(_fn: Any, self: Any, value: str) -> str:
        # Stock yields Python's bytes, which a template shows as b'…'.
        return base64.b64decode(value).decode("utf-8", "replace")

    @patch(util.parseJson)  # type: ignore[untyped-decorator]
    def parse_json(_fn: Any, self: Any, value: str) -> Any:
        return cast_to_vtl_json_object(json.loads(value))

    @patch(util.base64Encode)  # type: ignore[untyped-decorator]
    def encode(_fn: Any, self: Any, value: Any) -> str:
        return base64.b64encode(text(value).encode()).decode()

    @patch(util.urlEncode)  # type: ignore[untyped-decorator]
    def url_encode(_fn: Any, self: Any, value: Any) -> str:
        # Java's URLEncoder leaves other characters alone than Python's.
        return quote_plus(text(value), safe="*").replace("~", "%7E")

    @patch(util.urlDecode)  # type: ignore[untyped-decorator]
    def url_decode(_fn: Any, self: Any, value: Any) -> str:
        return unquote_plus(text(value))
