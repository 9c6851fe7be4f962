"""The changes of Stepwire to LocalStack core. Runs inside LocalStack's process.

LocalStack has another Python environment, so ``stepwire`` never imports this package:
the launcher beside this file does (launch.py), or an init script of a LocalStack
container, by calling ``install()`` before the first service is used.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
from types import ModuleType

PLUGINS = (
    ("log_lines", "localstack.logging.setup"),
    ("loopback", "localstack.runtime.server.twisted"),
    ("request_guard", "localstack.aws.app"),
    ("localhost_names", "localstack.runtime.server.twisted"),
    ("request_bodies", "localstack.aws.handlers.codec"),
    ("request_shapes", "localstack.aws.handlers.service"),
    ("function_urls", "localstack.services.lambda_.provider"),
    ("cloudformation", "localstack.services.cloudformation.resource_provider"),
    ("s3", "localstack.services.s3.provider"),
    ("stack_tags", "localstack.services.cloudformation.v2.provider"),
    ("emails", "localstack.services.sns.publisher"),
    ("mailbox", "localstack.services.edge"),
    ("schedules", "localstack.services.scheduler.provider"),
    ("event_targets", "localstack.services.events.target"),
    ("lambda_functions", "localstack.services.lambda_.invocation.runtime_executor"),
    ("function_logs", "localstack.services.lambda_.invocation.version_manager"),
    ("lambda_quotas", "localstack.services.lambda_.provider"),
    ("function_keys", "localstack.services.lambda_.provider"),
    ("log_groups", "localstack.services.logs.provider"),
    ("lambda_runtimes", "localstack.services.lambda_.provider"),
    ("dynamodb", "localstack.services.providers"),
    ("jsonata", "localstack.services.stepfunctions.provider"),
    ("stepfunctions", "localstack.services.stepfunctions.provider"),
    ("http_calls", "localstack.services.edge"),
    ("http_tasks", "localstack.services.stepfunctions.provider"),
    ("connections", "localstack.services.events.provider"),
    ("apigateway", "localstack.services.apigateway.next_gen.provider"),
)
"""The plugins: a module of this package with a function ``install() -> None``, and
the LocalStack module that it changes."""


def install() -> None:
    """Applies each plugin as soon as LocalStack loads the module that it changes.

    Loading every service to change it would double the time to start. Raises
    ModuleNotFoundError at once where a plugin is missing; a plugin that fails later
    fails the service that it belongs to.
    """
    # Here, so that the package can be read without LocalStack's environment.
    import wrapt  # noqa: PLC0415

    for plugin, changed in PLUGINS:
        if importlib.util.find_spec(f"{__name__}.{plugin}") is None:
            raise ModuleNotFoundError(f"{__name__} has no plugin {plugin}")
        wrapt.register_post_import_hook(functools.partial(_apply, plugin), changed)


def _apply(plugin: str, _changed: ModuleType) -> None:
    importlib.import_module(f"{__name__}.{plugin}").install()
