"""LocalStack's settings in the user's environment: those that the emulator accepts.

A setting that would open it to others, send it to other folders or make it look for
Docker is left out, and named when it starts.
"""

from __future__ import annotations

import ast
import logging
import os
from collections.abc import Mapping
from pathlib import Path

_log = logging.getLogger("stepwire.emulator")

ACCEPTED = (
    "ALLOW_NONSTANDARD_REGIONS",
    "BOTO_WAITER_DELAY",
    "BOTO_WAITER_MAX_ATTEMPTS",
    "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES",
    "CFN_PER_RESOURCE_TIMEOUT",
    "CFN_STRING_REPLACEMENT_DENY_LIST",
    "CFN_VERBOSE_ERRORS",
    "DEBUG",
    "DEBUG_HANDLER_CHAIN",
    "DISABLE_BOTO_RETRIES",
    "DISABLE_CUSTOM_BOTO_WAITER_CONFIG",
    "EAGER_SERVICE_LOADING",
    "LAMBDA_KEEPALIVE_MS",
    "LAMBDA_LIMITS_CODE_SIZE_UNZIPPED",
    "LAMBDA_LIMITS_CODE_SIZE_ZIPPED",
    "LAMBDA_LIMITS_CONCURRENT_EXECUTIONS",
    "LAMBDA_LIMITS_CREATE_FUNCTION_REQUEST_SIZE",
    "LAMBDA_LIMITS_MAX_FUNCTION_ENVVAR_SIZE_BYTES",
    "LAMBDA_LIMITS_MAX_FUNCTION_PAYLOAD_SIZE_BYTES",
    "LAMBDA_LIMITS_MINIMUM_UNRESERVED_CONCURRENCY",
    "LAMBDA_LIMITS_TOTAL_CODE_SIZE",
    "LAMBDA_RETRY_BASE_DELAY",
    "LAMBDA_RETRY_BASE_DELAY_SECONDS",
    "LAMBDA_RUNTIME_ENVIRONMENT_TIMEOUT",
    "LAMBDA_SYNCHRONOUS_CREATE",
    "LAMBDA_TRUNCATE_STDOUT",
    "LOCALSTACK_RESPONSE_HEADER_ENABLED",
    "LOG_LEVEL_OVERRIDES",
    "LS_LOG",
    "OPENAPI_VALIDATE_REQUEST",
    "OPENAPI_VALIDATE_RESPONSE",
    "PARITY_AWS_ACCESS_KEY_ID",
    "S3_SKIP_KMS_KEY_VALIDATION",
    "S3_SKIP_SIGNATURE_VALIDATION",
    "SFN_MOCK_CONFIG",
    "SNS_SES_SENDER_ADDRESS",
    "SQS_CLOUDWATCH_METRICS_REPORT_INTERVAL",
    "SQS_DELAY_PURGE_RETRY",
    "SQS_DELAY_RECENTLY_DELETED",
    "SQS_DISABLE_CLOUDWATCH_METRICS",
    "SQS_ENABLE_MESSAGE_RETENTION_PERIOD",
    "SQS_ENDPOINT_STRATEGY",
    "STRICT_SERVICE_LOADING",
    "TF_COMPAT_MODE",
    # Read by our plugin that checks requests.
    "STEPWIRE_ALLOWED_HOSTS",
)
"""They change an answer, a limit or the log, or allow something on purpose."""

# Other programs use these names as well.
_SHARED = ("CI", "DEFAULT_REGION", "HOSTNAME", "REQUESTS_CA_BUNDLE")
# The embedded emulator has the only value that a user could mean.
_FIXED = ("DISABLE_EVENTS", "DNS_ADDRESS", "SKIP_SSL_CERT_DOWNLOAD")
# Not in LocalStack's list, which is for its container.
_ON_THE_HOST = ("CONFIG_DIR", "DATA_DIR", "FILESYSTEM_ROOT")
_OVERRIDE = "PROVIDER_OVERRIDE_"


def accepted(
    python: Path, environment: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The settings for LocalStack, whose interpreter ``python`` is.

    The others are named in one line on standard error.
    """
    left_out = {*_known(python), *_ON_THE_HOST}.difference(ACCEPTED, _SHARED, _FIXED)
    names = [
        name
        for name, value in sorted(environment.items())
        if value and (name in left_out or name.startswith(_OVERRIDE))
    ]
    if names:
        _log.warning(
            "Settings of LocalStack that the embedded emulator does not take: %s",
            ", ".join(names),
        )
    values = {name: environment[name] for name in ACCEPTED if environment.get(name)}
    if "SFN_MOCK_CONFIG" in values:
        # LocalStack does not run in the user's folder.
        values["SFN_MOCK_CONFIG"] = str(Path(values["SFN_MOCK_CONFIG"]).absolute())
    return values


def _known(python: Path) -> list[str]:
    """LocalStack's list of its settings; to import it would take a second."""
    folder = python.parent.parent / "lib"
    for file in folder.glob("python*/site-packages/localstack/config.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            match node:
                case ast.Assign(targets=[ast.Name("CONFIG_ENV_VARS")], value=names):
                    return list(ast.literal_eval(names))
    return []
