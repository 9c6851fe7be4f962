"""Runs Terraform on a root module without leaving a trace beside it."""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from stepwire import files
from stepwire.errors import StepwireError
from stepwire.terraform import overrides
from stepwire.terraform.command import FLAG, Command
from stepwire.terraform.declared import (
    declared,
    named_in_files,
    require_declared,
    value_files,
)
from stepwire.terraform.diagnostics import Diagnostic
from stepwire.terraform.plan import Plan
from stepwire.terraform.program import find_terraform
from stepwire.terraform.progress import OnProgress
from stepwire.terraform.provider_mirror import write_cli_configuration
from stepwire.terraform.run import Run
from stepwire.terraform.shared_provider import shared_providers, sharing_key
from stepwire.terraform.test_runs import (
    Results,
    RunResult,
    configures_provider,
    mocks_provider,
)
from stepwire.terraform.trust import distrust
from stepwire.terraform.working_tree import Source, lay_out, require_configuration

Variables = Mapping[str, Any]
"""Input variables by name: whatever JSON can say."""

_AWS_PROVIDER = "providers/*/hashicorp/aws/*/*/terraform-provider-aws*"
# Settings of the caller's shell that would change what a command does; a company's
# trust store in AWS_CA_BUNDLE makes the provider refuse an emulator.
_DROPPED = re.compile(r"AWS_CA_BUNDLE|TF_(?!LOG).*")
_CHANGES = 2  # the exit status of "plan -detailed-exitcode" that has changes

# The programs that init has installed, by what they were asked for with. They let
# the next root module with the same demands skip that part.
_installed_providers: dict[tuple[object, ...], Path] = {}


class Terraform:
    """The commands of one root module, with its state in a build folder.

    ``directory`` is the root module. ``build_folder`` takes everything that
    Terraform writes, the state included; the default is below ``.stepwire`` in the
    current folder, and the same for every process. A backend that the root module
    names is replaced by a local one.

    ``environment`` is added to the process's own for Terraform and its providers:
    ``Emulator.environment()`` directs them to an emulator. Where it has an AWS_*
    variable, the process's own have no effect. Its TF_* variables never have,
    ``TF_VAR_`` included; pass ``variables``.

    ``var_files`` are read as ``terraform -var-file`` reads them, in their order;
    ``variables`` win over them, and they over ``terraform.tfvars`` and
    ``*.auto.tfvars`` of the root module.

    ``on_progress`` gets one line per event of a resource. ``share_provider=False``
    has each command start its provider, which takes about a second longer.
    Setting ``stop``, from whatever thread, ends the command that runs: it raises
    StoppedError.

    Values of variables reach Terraform through a pipe. Those of the last apply are kept
    for ``destroy`` in the build folder, which only the user can enter, as is the state;
    those of ephemeral variables are kept in memory only.

    Every command lays out and initialises what is new, so ``init`` is called only
    for its own sake. Each raises TerraformError with Terraform's diagnostics when
    Terraform refuses, StepwireError when Terraform is missing or too old, when the
    directory holds no configuration or when a variable is not declared.
    """

    def __init__(
        self,
        directory: Path,
        *,
        build_folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
        var_files: Sequence[Path] = (),
        on_progress: OnProgress | None = None,
        share_provider: bool = True,
        stop: threading.Event | None = None,
    ) -> None:
        self.directory = Path(directory).resolve()
        self.build_folder = (
            Path(build_folder).absolute()
            if build_folder is not None
            else _default_build_folder(self.directory)
        )
        self._additions = dict(environment or {})
        self._var_files = [Path(file).resolve() for file in var_files]
        self._on_progress = on_progress
        self._share_provider = share_provider
        self._stop = stop
        self._plan_numbers = itertools.count(1)
        self._initialised_with_shared = ""
        self._ephemeral: Variables = {}

    @property
    def state_file(self) -> Path:
        return self.build_folder / "terraform.tfstate"

    def init(self) -> None:
        """Install the modules and providers that the configuration asks for."""
        with self._ready(None):
            pass

    def validate(self) -> tuple[Diagnostic, ...]:
        """Check the configuration without variables; the warnings are returned."""
        with self._ready(None) as run:
            finished = run.raw("validate", json=FLAG)
        try:
            found = json.loads(finished.stdout)["diagnostics"]
        except (ValueError, KeyError):
            raise run.failed("validate", finished, ()) from None
        diagnostics = tuple(Diagnostic.from_json(one, run.root) for one in found)
        if finished.status:
            raise run.failed("validate", finished, diagnostics)
        return diagnostics

    def plan(
        self, variables: Variables | None = None, *, destroy: bool = False
    ) -> Plan:
        """The plan of an ``apply`` now; with ``destroy``, of a ``destroy``."""
        if destroy:
            variables = self._variables_to_destroy(variables)
        file = self.build_folder / f"{next(self._plan_numbers)}.tfplan"
        with self._ready(variables) as run:
            status, warnings = run.streamed(
                "plan",
                out=file,
                detailed_exitcode=FLAG,
                destroy=FLAG if destroy else None,
                var_file=self._var_files,
                variables=variables,
                accepted=(0, _CHANGES),
            )

        def load() -> Mapping[str, Any]:
            with self._ready(variables) as run:
                return run.json("show", str(file))

        return Plan(load, is_empty=status != _CHANGES, warnings=warnings)

    def apply(self, variables: Variables | None = None) -> dict[str, Any]:
        """Make it so, and return the values of the outputs, by name."""
        with self._ready(variables) as run:
            lasting = self._without_ephemeral(variables)
            if not self._applied_variables.exists():
                # A first apply that fails may leave something to destroy.
                self._remember(lasting)
            run.streamed(
                "apply",
                auto_approve=FLAG,
                var_file=self._var_files,
                variables=variables,
            )
            self._remember(lasting)
        return self.output()

    def output(self) -> dict[str, Any]:
        """The values of the outputs as they were applied, sensitive ones included."""
        with self._ready(None) as run:
            outputs = run.json("output")
        return {name: output["value"] for name, output in outputs.items()}

    def state(self) -> Mapping[str, Any]:
        """The state, in the shape of ``terraform show -json``."""
        with self._ready(None) as run:
            return run.json("show")

    def destroy(self, variables: Variables | None = None) -> None:
        """Delete everything that is in the state; nothing where nothing was applied.

        ``variables`` are added to those of the last apply that succeeded. Ephemeral
        ones, which only the Terraform that applied them remembers, have to be among
        them: StepwireError names those that are missing.
        """
        if not self.state_file.exists():
            return
        variables = self._variables_to_destroy(variables)
        with self._ready(variables) as run:
            run.streamed(
                "destroy",
                auto_approve=FLAG,
                var_file=self._var_files,
                variables=variables,
            )

    def test(self, file: Path, *, verbose: bool = False) -> dict[str, RunResult]:
        """Run one ``.tftest.hcl`` or ``.tftest.json`` file; the results by run.

        ``file`` is in the root module's folder, at any depth. With ``verbose`` each
        result has its plan or state. Raises TerraformError when no run was begun.
        """
        file = Path(file).resolve()
        alone, is_mocked = configures_provider(file), mocks_provider(file)
        with self._ready(None, alone=alone, opens_files=not is_mocked) as run:
            name = file.relative_to(self.directory)
            results = Results(file, run.root)

            def on_line(line: str) -> None:
                with contextlib.suppress(ValueError):
                    results.add(json.loads(line))

            finished = run.raw(
                "test",
                json=FLAG,
                verbose=FLAG if verbose else None,
                filter=name,
                test_directory=name.parent,
                on_line=on_line,
            )
            if finished.status and (
                results.of_file
                or not any(one.diagnostics for one in results.runs.values())
            ):
                raise run.failed("test", finished, results.of_file)
        return results.runs

    def graph(self) -> str:
        """The dependencies of the configuration's resources, in Graphviz's language."""
        with self._ready(None) as run:
            return run.text("graph")

    def _make_build_folder(self) -> None:
        # A state and a plan may hold secrets, whatever the mode of their files.
        files.make_private_folder(self.build_folder)

    @property
    def _applied_variables(self) -> Path:
        return self.build_folder / "applied.tfvars.json"

    def _remember(self, variables: Variables) -> None:
        files.write_private(self._applied_variables, json.dumps(variables, indent=2))

    def _without_ephemeral(self, variables: Variables | None) -> Variables:
        """Those to be kept in a file; the others are kept by this object."""
        known = declared(self.directory)
        self._ephemeral = {
            name: value
            for name, value in (variables or {}).items()
            if known is None or known[name].is_ephemeral
        }
        return {
            name: value
            for name, value in (variables or {}).items()
            if name not in self._ephemeral
        }

    def _variables_to_destroy(self, variables: Variables | None) -> Variables:
        applied: Variables = {}
        if self._applied_variables.exists():
            applied = json.loads(self._applied_variables.read_text(encoding="utf-8"))
        known = declared(self.directory)
        remembered = {
            name: value
            for name, value in {**applied, **self._ephemeral}.items()
            # The configuration may have changed since.
            if known is None or name in known
        }
        given = {**remembered, **(variables or {})}
        missing = [
            name
            for name, one in sorted((known or {}).items())
            if one.is_ephemeral
            and one.is_required
            and name not in {*given, *self._names_in_files()}
        ]
        if missing:
            raise StepwireError(
                f"To destroy what {self.directory} made, Terraform needs its ephemeral "
                f"variables again, which are in no file: {', '.join(missing)}.",
                hint="Pass them to destroy().",
            )
        return given

    def _all_values(self, variables: Variables | None) -> Variables:
        """The variables, and the text of the files that have others."""
        try:
            texts = {str(file): file.read_text("utf-8") for file in self._var_files}
        except OSError as error:
            raise StepwireError(
                f"The var file {error.filename} cannot be read: {error.strerror}.",
                hint="A relative path is relative to the current folder.",
            ) from error
        return {**texts, **(variables or {})}

    def _names_in_files(self) -> frozenset[str]:
        """The variables that Terraform gets from a file, whatever is passed."""
        return named_in_files([*value_files(self.directory), *self._var_files])

    @contextlib.contextmanager
    def _ready(
        self,
        variables: Variables | None,
        *,
        alone: bool = False,
        opens_files: bool = True,
    ) -> Iterator[Run]:
        """Everything laid out and initialised, and a provider to attach to.

        With ``alone`` the provider is not shared. Without ``opens_files`` it is asked
        for nothing that takes the path of a file.
        """
        try:
            with self._attached(variables, alone, opens_files) as run:
                yield run
        finally:
            for file in self.build_folder.glob("*"):
                if file.is_file() and not file.is_symlink():
                    file.chmod(0o600)

    @contextlib.contextmanager
    def _attached(
        self, variables: Variables | None, alone: bool, opens_files: bool
    ) -> Iterator[Run]:
        program = find_terraform()
        source = Source(self.directory)
        require_configuration(source)
        require_declared(variables or {}, self.directory)
        self._make_build_folder()
        root = lay_out(source, self.build_folder / "tree")
        (root / overrides.FILE).write_text(
            overrides.overrides(
                self.directory, self.state_file, names_account=self._names_account
            ),
            encoding="utf-8",
        )
        environment = self._environment()
        run = Run(
            self.directory,
            Command(program, root, self.build_folder, self._stop),
            root,
            environment,
            self._on_progress,
        )

        origin = Path(environment["TF_CLI_CONFIG_FILE"]).read_text(encoding="utf-8")
        installed = (source.requirements, origin)
        provider = _installed_providers.get(installed)
        if provider is None or not provider.exists():
            self._install(run, source)
            provider = _installed_aws_provider(root)
            if provider is not None:
                _installed_providers[installed] = provider
        self._require_trusted(provider)
        key = sharing_key(
            source,
            self._all_values(variables),
            environment,
            root if opens_files else None,
        )
        if alone or not self._share_provider or provider is None or key is None:
            self._install(run, source)
            yield run
            return
        with shared_providers.lend(
            (provider, *key), provider, environment, root
        ) as reattach:
            if reattach is None:
                self._install(run, source)
            else:
                run.environment["TF_REATTACH_PROVIDERS"] = reattach
                # Quicker: Terraform installs no provider that is attached.
                if self._initialised_with_shared != source.calls:
                    run.streamed("init", reconfigure=FLAG)
                    self._initialised_with_shared = source.calls
            yield run

    def _require_trusted(self, provider: Path | None) -> None:
        """Raises StepwireError where others can change what is about to run."""
        # A copy made by init is in the build folder, which is closed to others.
        if provider is None or provider.is_relative_to(self.build_folder.resolve()):
            return
        if found := distrust(provider):
            raise StepwireError(
                f"The provider is {provider}, which others could replace: "
                f"{found.path} {found.reason}.",
                hint=found.remedy,
            )

    def _install(self, run: Run, source: Source) -> None:
        """Initialise with every provider, unless that has been done before."""
        marker = self.build_folder / "initialised"
        done = f"{run.root} {source.calls}"
        if marker.exists() and marker.read_text(encoding="utf-8") == done:
            return
        run.streamed("init", reconfigure=FLAG)
        marker.write_text(done, encoding="utf-8")

    @property
    def _names_account(self) -> bool:
        return any(name.startswith("AWS_") for name in self._additions)

    def _environment(self) -> dict[str, str]:
        dropped = _DROPPED
        if self._names_account:
            # An account or an endpoint is named as a whole: a session token or a
            # profile of the shell would not go with it.
            dropped = re.compile(rf"{_DROPPED.pattern}|AWS_.*")
        environment = {
            name: value
            for name, value in os.environ.items()
            if not dropped.fullmatch(name)
        }
        environment |= self._additions
        environment["TF_IN_AUTOMATION"] = "1"
        environment["TF_CLI_CONFIG_FILE"] = str(
            write_cli_configuration(self.build_folder, os.environ)
        )
        return environment


def _default_build_folder(directory: Path) -> Path:
    digest = hashlib.sha256(str(directory).encode()).hexdigest()[:8]
    return Path.cwd() / files.STATE / "terraform" / f"{directory.name}-{digest}"


def _installed_aws_provider(root: Path) -> Path | None:
    """The AWS provider's program that ``init`` has installed, or None."""
    found = (root / ".terraform").glob(_AWS_PROVIDER)
    return next((file.resolve() for file in found if os.access(file, os.X_OK)), None)
