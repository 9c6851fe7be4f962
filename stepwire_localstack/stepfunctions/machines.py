"""State machines: what is stored of their settings, described and updated."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any, Final

from localstack.aws.api import CommonServiceException
from localstack.aws.api.stepfunctions import (
    MissingRequiredParameter,
    StateMachineType,
    UpdateStateMachineOutput,
    ValidationException,
)
from localstack.services.stepfunctions.asl.static_analyser.express_static_analyser import (  # noqa: E501
    ExpressStaticAnalyser,
)
from localstack.services.stepfunctions.asl.static_analyser.static_analyser import (
    StaticAnalyser,
)
from localstack.services.stepfunctions.backend.execution import Execution
from localstack.services.stepfunctions.backend.state_machine import (
    StateMachineInstance,
    StateMachineRevision,
    StateMachineVersion,
)
from localstack.services.stepfunctions.provider import StepFunctionsProvider
from localstack.utils.patch import patch
from localstack.utils.strings import long_uid

_OWNED_KEY: Final = {"type": "AWS_OWNED_KEY"}


def install() -> None:
    # Every start copies its state machine. Stock copies deeply, and with it the locks
    # of the machine's aliases, which cannot be copied: once a machine has an alias,
    # StartExecution and StartSyncExecution on its own ARN are InternalErrors. An update
    # replaces attributes and changes none in place, so a shallow copy is a snapshot.
    StateMachineInstance.__deepcopy__ = lambda self, memo: copy.copy(self)
    _patch_describe()
    _patch_create()
    _patch_update()
    _patch_delete()


def _patch_describe() -> None:
    @patch(StateMachineInstance.describe)  # type: ignore[untyped-decorator]
    def describe(fn: Any, self: Any) -> Any:
        # Stock forgets both, so that Terraform's second plan changes them again.
        return {**fn(self), **_settings(self)}

    @patch(Execution.to_describe_state_machine_for_execution_output)  # type: ignore[untyped-decorator]
    def describe_for_execution(fn: Any, self: Any) -> Any:
        return {**fn(self), **_settings(self.state_machine)}


def _settings(machine: Any) -> dict[str, Any]:
    return {
        "tracingConfiguration": machine.tracing_config or {"enabled": False},
        "encryptionConfiguration": _encryption(machine),
    }


def _encryption(machine: Any) -> dict[str, Any]:
    return getattr(machine, "encryption_configuration", None) or dict(_OWNED_KEY)


def _normalised_encryption(configuration: Any) -> dict[str, Any]:
    """The configuration with AWS's defaults. Raises InvalidEncryptionConfiguration."""
    if not configuration or configuration["type"] == "AWS_OWNED_KEY":
        if (configuration or {}).get("kmsKeyId"):
            raise CommonServiceException(
                "InvalidEncryptionConfiguration",
                "Invalid Encryption Configuration: KMS key cannot be provided with "
                "encryption type 'AWS_OWNED_KEY'",
            )
        return dict(_OWNED_KEY)
    if not configuration.get("kmsKeyId"):
        raise CommonServiceException(
            "InvalidEncryptionConfiguration",
            "Invalid Encryption Configuration: KMS key must be provided with "
            "encryption type 'CUSTOMER_MANAGED_KMS_KEY'",
        )
    return {"kmsDataKeyReusePeriodSeconds": 300, **configuration}


def _patch_create() -> None:
    provider = StepFunctionsProvider

    @patch(provider.create_state_machine)  # type: ignore[untyped-decorator]
    def create(fn: Any, self: Any, context: Any, request: Any, **rest: Any) -> Any:
        encryption = _normalised_encryption(request.get("encryptionConfiguration"))
        output = fn(self, context, request, **rest)
        machines = self.get_store(context).state_machines
        for arn in (output["stateMachineArn"], output.get("stateMachineVersionArn")):
            if arn in machines:
                machines[arn].encryption_configuration = encryption
        return output

    @patch(StateMachineVersion.__init__)  # type: ignore[untyped-decorator]
    def initialise(
        fn: Any, self: Any, state_machine_revision: Any, *args: Any, **rest: Any
    ) -> None:
        fn(self, state_machine_revision, *args, **rest)
        self.encryption_configuration = _encryption(state_machine_revision)


def _patch_update() -> None:
    @patch(StepFunctionsProvider.update_state_machine)  # type: ignore[untyped-decorator]
    def update(
        _fn: Any,
        self: Any,
        context: Any,
        state_machine_arn: str,
        definition: str | None = None,
        role_arn: str | None = None,
        logging_configuration: Any = None,
        tracing_configuration: Any = None,
        publish: bool | None = None,
        version_description: str | None = None,
        encryption_configuration: Any = None,
        **_rest: Any,
    ) -> Any:
        # Stock refuses an update of the tracing or encryption alone, and forgets both;
        # it checks every new definition as a STANDARD machine's, so that an EXPRESS
        # one can be updated to what it cannot be created with.
        self._validate_state_machine_arn(state_machine_arn)
        machines = self.get_store(context).state_machines
        machine = machines.get(state_machine_arn)
        if not isinstance(machine, StateMachineRevision):
            self._raise_state_machine_does_not_exist(state_machine_arn)
        settings = (
            definition,
            role_arn,
            logging_configuration,
            tracing_configuration,
            encryption_configuration,
        )
        if all(setting is None for setting in settings):
            raise MissingRequiredParameter(
                "Either the definition, the role ARN, the LoggingConfiguration, the "
                "EncryptionConfiguration or the TracingConfiguration must be specified"
            )
        if version_description and not publish:
            raise ValidationException(
                "Version description can only be set when publish is true"
            )
        if definition is not None:
            express = machine.sm_type == StateMachineType.EXPRESS
            analyser = ExpressStaticAnalyser() if express else StaticAnalyser()
            self._validate_definition(
                definition=definition, static_analysers=[analyser]
            )
        if logging_configuration is not None:
            self._sanitise_logging_configuration(logging_configuration)
        if encryption_configuration is not None:
            encryption_configuration = _normalised_encryption(encryption_configuration)
        output = UpdateStateMachineOutput(updateDate=datetime.now(UTC))
        revision = _revise(machine, *settings[:4], encryption_configuration)
        if revision is not None:
            output["revisionId"] = revision
        if publish:
            version = machine.create_version(version_description)
            if version is not None:
                machines[version.arn] = version
            output["stateMachineVersionArn"] = machine.versions[machine.revision_id]
        return output


def _revise(
    machine: StateMachineRevision,
    definition: Any,
    role_arn: Any,
    logging: Any,
    tracing: Any,
    encryption: Any,
) -> str | None:
    """Stores what changed and returns the revision: a new one if anything did."""
    before = (machine.revision_id, machine.tracing_config, _encryption(machine))
    machine.create_revision(definition, role_arn, logging)
    if definition is not None:
        # Stock keeps the old text where the new one says the same in other words.
        machine.definition = definition
    if tracing is not None:
        machine.tracing_config = tracing
    if encryption is not None:
        machine.encryption_configuration = encryption
    after = (before[0], machine.tracing_config, _encryption(machine))
    if after != before and machine.revision_id == before[0]:
        machine.revision_id = long_uid()
    revision: str | None = machine.revision_id
    return revision


def _patch_delete() -> None:
    @patch(StepFunctionsProvider.delete_state_machine)  # type: ignore[untyped-decorator]
    def delete(
        fn: Any, self: Any, context: Any, state_machine_arn: str, **rest: Any
    ) -> Any:
        # AWS deletes a machine's aliases with it; stock's stay, and block its name's
        # next machine from having one.
        store = self.get_store(context)
        machine = store.state_machines.get(state_machine_arn)
        for alias in list(getattr(machine, "aliases", ())):
            store.aliases.pop(alias.state_machine_alias_arn, None)
        return fn(self, context, state_machine_arn, **rest)
