"""A runtime for Python functions in the standard library alone.

AWS's runtime interface client (awslambdaric) has no wheel for some machines, Macs
with Apple's processors among them; there this module is used. It does what AWS's
"Using the Lambda runtime API for custom runtimes" asks for: fetch the next event,
call the handler, post the result. Errors have the shapes of AWS's client.
"""

import http.client
import importlib
import io
import json
import logging
import os
import struct
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from email.message import Message
from typing import Any

_VERSION = "/2018-06-01/runtime"
# Lambda's own variable; not one for the function.
_LOG = int(os.environ.pop("_LAMBDA_TELEMETRY_LOG_FD"))


class _HandlerError(Exception):
    """The handler could not be loaded: AWS's type, a message and a stack trace."""


@dataclass
class Identity:
    """The caller, where Amazon Cognito says it; empty here."""

    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None


@dataclass
class Context:
    """The handler's second argument, as in AWS's "Using the Lambda context object"."""

    aws_request_id: str
    invoked_function_arn: str
    _deadline: int
    client_context: None = None
    identity: Identity = field(default_factory=Identity)
    function_name: str = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    function_version: str = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "")
    memory_limit_in_mb: str = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    log_group_name: str = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME", "")
    log_stream_name: str = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME", "")

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the function."""
        return max(0, self._deadline - int(time.time() * 1000))


class _RuntimeApi:
    """The Runtime API at "host:port/path"."""

    def __init__(self, address: str) -> None:
        host, slash, path = address.partition("/")
        self._connection = http.client.HTTPConnection(host)
        self._prefix = slash + path + _VERSION

    def next_event(self) -> tuple[bytes, Message]:
        """Waits for the next event; its body and the headers that describe it."""
        self._connection.request("GET", f"{self._prefix}/invocation/next")
        response = self._connection.getresponse()
        return response.read(), response.headers

    def post(self, path: str, body: bytes) -> None:
        """Posts a result. Raises RuntimeError when Lambda does not take it."""
        headers = {"Content-Type": "application/json"}
        self._connection.request("POST", self._prefix + path, body, headers)
        response = self._connection.getresponse()
        answer = response.read().decode()
        if response.status != http.HTTPStatus.ACCEPTED:
            raise RuntimeError(f"Failed to post the result: {response.status} {answer}")


class _RequestId(logging.Filter):
    """Gives each log record the id of the event that it belongs to."""

    current = ""

    def filter(self, record: logging.LogRecord) -> bool:
        record.aws_request_id = self.current
        return True


def run(handler: str, address: str) -> None:
    """Works on one event after the other, for as long as the process lives.

    ``handler`` is "module.function"; ``address`` the Runtime API's "host:port/path".
    Exits with status 1 when the handler cannot be loaded, after telling Lambda why, or
    when Lambda does not take a result.
    """
    # Each write is there at once, whether it ends a line or not.
    sys.stdout, sys.stderr = _unbuffered(1), _unbuffered(2)
    request_id = _set_up_logging()
    api = _RuntimeApi(address)
    try:
        function = _load(handler)
    except _HandlerError as error:
        api.post("/init/error", _error(*error.args))
        sys.exit(1)
    except Exception as error:
        api.post("/init/error", _unhandled(error, ""))
        sys.exit(1)
    while True:
        event, headers = api.next_event()
        request_id.current = headers["Lambda-Runtime-Aws-Request-Id"]
        os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"] or ""
        context = Context(
            request_id.current,
            headers["Lambda-Runtime-Invoked-Function-Arn"],
            int(headers["Lambda-Runtime-Deadline-Ms"]),
        )
        path, body = _call(function, event, context)
        api.post(f"/invocation/{context.aws_request_id}/{path}", body)


class _LogHandler(logging.Handler):
    """Writes log records as Lambda wants them."""

    def emit(self, record: logging.LogRecord) -> None:
        _log(self.format(record))


def _log(message: str) -> None:
    """Writes a message, which may have several lines, in a frame like AWS's client."""
    encoded = message.encode()
    now = time.time_ns() // 1000
    frame = struct.pack(">IIQ", 0xA55A0003, len(encoded), now) + encoded
    os.write(_LOG, frame)


def _unbuffered(descriptor: int) -> io.TextIOWrapper:
    output = io.FileIO(descriptor, "w", closefd=False)
    return io.TextIOWrapper(output, "utf-8", write_through=True)


def _set_up_logging() -> _RequestId:
    request_id = _RequestId()
    output = _LogHandler()
    output.addFilter(request_id)
    output.setFormatter(
        logging.Formatter(
            "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n",
            "%Y-%m-%dT%H:%M:%S",
        )
    )
    output.formatter.converter = time.gmtime  # type: ignore[union-attr]
    logging.getLogger().addHandler(output)
    return request_id


def _load(handler: str) -> Callable[[Any, Context], Any]:
    module_name, dot, name = handler.rpartition(".")
    if not dot:
        raise _HandlerError(
            "Runtime.MalformedHandlerName",
            f"Bad handler '{handler}': not enough values to unpack (expected 2, got 1)",
            [],
        )
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        raise _HandlerError(
            "Runtime.ImportModuleError",
            f"Unable to import module '{module_name}': {error}",
            [],
        ) from error
    except SyntaxError as error:
        raise _HandlerError(
            "Runtime.UserCodeSyntaxError",
            f"Syntax error in module '{module_name}': {error}",
            [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}'],
        ) from error
    if not hasattr(module, name):
        raise _HandlerError(
            "Runtime.HandlerNotFound",
            f"Handler '{name}' missing on module '{module_name}'",
            [],
        )
    function: Callable[[Any, Context], Any] = getattr(module, name)
    return function


def _call(
    function: Callable[[Any, Context], Any], event: bytes, context: Context
) -> tuple[str, bytes]:
    try:
        value = function(json.loads(event), context)
    except Exception as error:
        return "error", _unhandled(error, context.aws_request_id)
    try:
        return "response", json.dumps(
            value, default=_encode, ensure_ascii=False
        ).encode()
    except Exception as error:
        return "error", _error(
            "Runtime.MarshalError",
            f"Unable to marshal response: {error}",
            [],
            context.aws_request_id,
        )


def _encode(value: Any) -> Any:
    # boto3's numbers; AWS's client writes them as numbers, too.
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _unhandled(error: Exception, request_id: str) -> bytes:
    # The first frame is this module's.
    frames = [
        (frame.filename, frame.lineno or 0, frame.name, frame.line)
        for frame in traceback.extract_tb(error.__traceback__)[1:]
    ]
    return _error(
        type(error).__name__, str(error), traceback.format_list(frames), request_id
    )


def _error(kind: str, message: str, trace: list[str], request_id: str = "") -> bytes:
    lines = [f"[ERROR] {kind}: {message}", "Traceback (most recent call last):"]
    for line in "".join(trace).splitlines():
        text = line.lstrip(" ")
        # No-break spaces, with which AWS's client indents.
        lines.append("\u00a0" * (len(line) - len(text)) + text)
    _log("\n".join(lines))
    result = {
        "errorMessage": message,
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": trace,
    }
    return json.dumps(result).encode()
