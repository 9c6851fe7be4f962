"""What the driver promises, on root modules that need no provider."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from stepwire.errors import StepwireError
from stepwire.terraform import Diagnostic, StoppedError, Terraform, TerraformError
from stepwire.terraform.command import Command
from stepwire.terraform.overrides import overrides
from stepwire.terraform.working_tree import Source
from tests.waiting import until

Module = Callable[..., Path]

GREETING = """
variable "name" {
  type    = string
  default = "world"
}

resource "terraform_data" "greeting" {
  input = "hello ${var.name}"
}

output "greeting" {
  value = terraform_data.greeting.output
}
"""


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return tmp_path / "build"


def test_a_plan_tells_what_apply_would_do(module: Module, build: Path) -> None:
    plan = Terraform(module({"main.tf": GREETING}), build_folder=build).plan()
    change = plan.changes["terraform_data.greeting"]
    assert not plan.is_empty
    assert change.actions == ("create",)
    assert change.after["input"] == "hello world"
    assert change.after_unknown["output"] is True
    assert plan.values["terraform_data.greeting"]["input"] == "hello world"
    assert list(plan.of_type("terraform_data")) == ["terraform_data.greeting"]
    assert plan.output_changes == {"greeting": ("create",)}


def test_apply_returns_the_outputs_and_a_second_plan_is_empty(
    module: Module, build: Path
) -> None:
    terraform = Terraform(module({"main.tf": GREETING}), build_folder=build)
    assert terraform.apply({"name": "Ada"}) == {"greeting": "hello Ada"}
    assert terraform.output() == {"greeting": "hello Ada"}
    assert terraform.plan({"name": "Ada"}).is_empty
    assert not terraform.plan({"name": "Bob"}).is_empty


def test_destroy_uses_the_variables_of_the_last_apply(
    module: Module, build: Path
) -> None:
    root = module({"main.tf": GREETING.replace('  default = "world"\n', "")})
    terraform = Terraform(root, build_folder=build)
    terraform.apply({"name": "Ada"})
    terraform.plan({"name": "Bob"})
    terraform.destroy()
    assert not terraform.state().get("values")


SECRETS = """
variable "password" {
  type      = string
  ephemeral = true
  validation {
    condition     = length(var.password) > 3
    error_message = "password is too short."
  }
}

variable "sensitive" {
  type      = string
  sensitive = true
}

resource "terraform_data" "it" {
  input = nonsensitive(var.sensitive)
}
"""
VALUES = {"password": "ephemeral-value", "sensitive": "sensitive-value"}


def everything_in(folder: Path) -> list[Path]:
    return [folder, *(one for one in folder.rglob("*") if not one.is_symlink())]


def test_no_file_holds_an_ephemeral_value_and_no_other_user_reads_any(
    module: Module, build: Path
) -> None:
    build.mkdir(mode=0o755)
    terraform = Terraform(module({"main.tf": SECRETS}), build_folder=build)
    terraform.apply(VALUES)
    assert terraform.plan(VALUES).json
    with pytest.raises(TerraformError, match="too short"):
        terraform.plan({**VALUES, "password": "abc"})
    assert build.stat().st_mode & 0o077 == 0
    for one in build.iterdir():
        if one.is_file():
            assert one.stat().st_mode & 0o077 == 0, one
    for one in everything_in(build):
        if one.is_file():
            content = one.read_bytes()
            assert b"ephemeral-value" not in content, one
            assert b'"abc"' not in content, one


def test_destroy_remembers_ephemeral_values_for_as_long_as_the_process(
    module: Module, build: Path
) -> None:
    root = module({"main.tf": SECRETS})
    terraform = Terraform(root, build_folder=build)
    terraform.apply(VALUES)
    assert not terraform.plan(destroy=True).is_empty
    terraform.destroy()
    assert not terraform.state().get("values")


def test_destroy_asks_another_process_for_ephemeral_values_only(
    module: Module, build: Path
) -> None:
    root = module({"main.tf": SECRETS})
    Terraform(root, build_folder=build).apply(VALUES)
    other = Terraform(root, build_folder=build)
    with pytest.raises(StepwireError, match=r"in no file: password\.") as caught:
        other.destroy()
    assert caught.value.hint == "Pass them to destroy()."
    other.destroy({"password": "another"})
    assert not other.state().get("values")


def test_destroy_asks_for_nothing_that_is_in_a_file_of_the_users(
    module: Module, build: Path
) -> None:
    values = f'password = "{VALUES["password"]}"\n'
    root = module({"main.tf": SECRETS, "secret.auto.tfvars": values})
    Terraform(root, build_folder=build).apply({"sensitive": "x"})
    other = Terraform(root, build_folder=build)
    other.destroy()
    assert not other.state().get("values")


def test_destroy_passes_only_what_is_still_declared(
    module: Module, build: Path
) -> None:
    root = module({"main.tf": GREETING})
    terraform = Terraform(root, build_folder=build)
    terraform.apply({"name": "Ada"})
    module({"main.tf": 'resource "terraform_data" "greeting" {}\n'})
    terraform.destroy()
    assert not terraform.state().get("values")


def test_values_of_any_size_arrive(module: Module, build: Path) -> None:
    terraform = Terraform(module({"main.tf": GREETING}), build_folder=build)
    name = "x" * 300_000
    assert terraform.apply({"name": name}) == {"greeting": f"hello {name}"}


def test_a_configuration_in_json_takes_variables(module: Module, build: Path) -> None:
    text = {
        "variable": {"name": {"type": "string"}},
        "output": {"greeting": {"value": "hello ${var.name}"}},
    }
    root = module({"main.tf.json": json.dumps(text)})
    terraform = Terraform(root, build_folder=build)
    assert terraform.apply({"name": "Ada"}) == {"greeting": "hello Ada"}
    with pytest.raises(StepwireError, match="no variable 'nmae'"):
        terraform.plan({"nmae": "Ada"})


def test_a_byte_order_mark_is_no_part_of_the_configuration(
    module: Module, build: Path
) -> None:
    root = module({"main.tf": f"\ufeff{GREETING.lstrip()}"})
    terraform = Terraform(root, build_folder=build)
    assert terraform.apply({"name": "Ada"}) == {"greeting": "hello Ada"}


def test_files_in_hidden_folders_are_there_and_count(
    module: Module, build: Path
) -> None:
    text = 'output "it" { value = file("${path.module}/.config/text") }\n'
    root = module({"main.tf": text, ".config/text": "hidden", ".git/HEAD": "x"})
    assert Terraform(root, build_folder=build).apply() == {"it": "hidden"}
    before = Source(root).digest()
    (root / ".git" / "HEAD").write_text("y")
    assert Source(root).digest() == before
    (root / ".config" / "text").write_text("changed")
    assert Source(root).digest() != before


def test_overrides_of_the_module_count_except_for_where_its_state_is(
    module: Module, build: Path
) -> None:
    override = (
        'terraform {\n  backend "s3" {\n    bucket = "elsewhere"\n  }\n}\n'
        'variable "name" {\n  default = "override"\n}\n'
    )
    root = module({"main.tf": GREETING, "terraform_override.tf": override})
    terraform = Terraform(root, build_folder=build)
    assert terraform.apply() == {"greeting": "hello override"}
    assert terraform.state_file.exists()


def test_destroying_what_was_never_applied_does_nothing(
    module: Module, build: Path
) -> None:
    Terraform(module({"main.tf": "nonsense"}), build_folder=build).destroy()


def test_a_plan_of_destroy_deletes_everything(module: Module, build: Path) -> None:
    terraform = Terraform(module({"main.tf": GREETING}), build_folder=build)
    terraform.apply()
    plan = terraform.plan(destroy=True)
    assert plan.changes["terraform_data.greeting"].actions == ("delete",)


def test_another_process_finds_the_state_again(
    module: Module, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = module({"main.tf": GREETING})
    monkeypatch.chdir(root.parent)
    Terraform(root).apply()
    assert Terraform(root).output() == {"greeting": "hello world"}
    assert (root.parent / ".stepwire").is_dir()


def test_nothing_is_written_beside_the_module(module: Module, build: Path) -> None:
    module({"main.tf": GREETING}, "modules/greeting")
    root = module(
        {
            "main.tf": 'module "a" { source = "../../modules/greeting" }',
            "terraform.tfvars": "",
        },
        "examples/one",
    )
    before = sorted(root.parents[1].rglob("*"))
    terraform = Terraform(root, build_folder=build)
    terraform.init()
    terraform.validate()
    terraform.plan()
    terraform.apply()
    terraform.graph()
    terraform.destroy()
    after = [
        one for one in root.parents[1].rglob("*") if build not in (one, *one.parents)
    ]
    assert sorted(after) == before


def test_relative_paths_reach_what_they_reach_beside_the_module(
    module: Module, build: Path
) -> None:
    module({"text": "shared"}, "above/files")
    module(
        {
            "main.tf": """
output "text" { value = file("${path.module}/../../files/text") }
"""
        },
        "above/modules/reader",
    )
    root = module(
        {
            "main.tf": """
module "reader" { source = "../../modules/reader" }
output "texts" {
  value = [
    module.reader.text,
    file("${path.module}/own/text"),
    file("${path.root}/../../files/text"),
  ]
}
""",
            "own/text": "own",
        },
        "above/examples/one",
    )
    outputs = Terraform(root, build_folder=build).apply()
    assert outputs == {"texts": ["shared", "own", "shared"]}


def test_a_module_that_reaches_higher_later_is_found(
    module: Module, build: Path
) -> None:
    module({"main.tf": 'output "far" { value = 1 }'}, "modules/far")
    root = module({"main.tf": GREETING}, "deep/er/root")
    terraform = Terraform(root, build_folder=build)
    terraform.apply()
    module(
        {"far.tf": 'module "far" { source = "../../../modules/far" }'}, "deep/er/root"
    )
    plan = terraform.plan()
    assert plan.is_empty  # the state is still known


def test_a_file_that_is_gone_is_gone_from_the_next_plan(
    module: Module, build: Path
) -> None:
    root = module({"main.tf": GREETING, "more.tf": 'output "more" { value = 1 }'})
    terraform = Terraform(root, build_folder=build)
    assert set(terraform.plan().output_changes) == {"greeting", "more"}
    (root / "more.tf").unlink()
    assert set(terraform.plan().output_changes) == {"greeting"}


def test_a_backend_of_the_module_is_replaced_by_a_local_state(
    module: Module, build: Path
) -> None:
    backend = 'terraform {\n  backend "s3" {\n    bucket = "elsewhere"\n  }\n}\n'
    terraform = Terraform(module({"main.tf": backend + GREETING}), build_folder=build)
    terraform.apply()
    assert json.loads(terraform.state_file.read_text())["outputs"]


@pytest.mark.parametrize(
    "value",
    [
        "text",
        "",
        "äöü ${var.name} %{ if } \" ' \\ \n $${x}",
        0,
        -1.5,
        12345678901234567890,
        True,
        None,
        [],
        ["a", "b"],
        {},
        {"key with space": {"nested": [1, None, {"x": False}]}},
    ],
)
def test_a_variable_of_any_kind_arrives_as_it_was(
    module: Module, build: Path, value: Any
) -> None:
    text = 'variable "value" { type = any }\noutput "value" { value = var.value }'
    terraform = Terraform(module({"main.tf": text}), build_folder=build)
    outputs = terraform.apply({"value": value})
    # Terraform leaves out an output that is null.
    assert outputs.get("value") == value


def test_variables_of_the_shell_have_no_effect(
    module: Module, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_VAR_name", "shell")
    monkeypatch.setenv("TF_CLI_ARGS", "-nonsense")
    monkeypatch.setenv("TF_DATA_DIR", "elsewhere")
    monkeypatch.setenv("TF_WORKSPACE", "other")
    terraform = Terraform(module({"main.tf": GREETING}), build_folder=build)
    assert terraform.apply() == {"greeting": "hello world"}


def test_a_lock_file_of_the_module_is_obeyed_and_left_as_it_was(
    module: Module, build: Path
) -> None:
    lock = """provider "registry.terraform.io/hashicorp/aws" {
  version = "5.100.99"
}
"""
    text = """terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
"""
    # Also where the provider is known, from a configuration without a lock file.
    Terraform(module({"main.tf": text}, "free"), build_folder=build / "free").init()
    root = module({"main.tf": text, ".terraform.lock.hcl": lock}, "locked")
    with pytest.raises(TerraformError) as caught:
        Terraform(root, build_folder=build / "locked").init()
    assert "5.100.99" in str(caught.value)
    assert "STEPWIRE_PROVIDER_MIRROR" in str(caught.value.hint)
    assert (root / ".terraform.lock.hcl").read_text() == lock


def test_the_shells_account_does_not_mix_with_one_that_is_named(
    module: Module, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE", "SHELL_ITSELF"):
        monkeypatch.setenv(name, "of-the-shell")
    root = module(
        {
            "main.tf": """
resource "terraform_data" "environment" {
  provisioner "local-exec" { command = "env > ${path.root}/environment" }
}
"""
        }
    )
    named = {"AWS_ACCESS_KEY_ID": "named"}
    Terraform(root, build_folder=build, environment=named).apply()
    (file,) = build.rglob("environment")
    lines = file.read_text().splitlines()
    assert "AWS_ACCESS_KEY_ID=named" in lines
    assert {line for line in lines if "of-the-shell" in line} == {
        "SHELL_ITSELF=of-the-shell"
    }


PROFILES = """
provider "aws" {
  profile = "dev"
}

provider "aws" {
  alias                    = "far"
  profile                  = var.profile
  shared_credentials_files = ["credentials"]
}

provider "aws" {
  alias = "plain"
}
"""


def test_a_profile_gives_way_to_an_account_that_is_named(
    module: Module, tmp_path: Path
) -> None:
    root = module({"main.tf": PROFILES})
    named = overrides(root, tmp_path / "state", names_account=True)
    assert named.count('provider "aws"') == 2
    assert 'provider "aws" {\n  profile = null\n}' in named
    assert '  shared_credentials_files = null\n  alias = "far"\n' in named
    unnamed = overrides(root, tmp_path / "state", names_account=False)
    assert "provider" not in unnamed


def test_a_misspelt_variable_is_refused_with_the_right_name(
    module: Module, build: Path
) -> None:
    terraform = Terraform(module({"main.tf": GREETING}), build_folder=build)
    with pytest.raises(StepwireError, match="no variable 'nmae'") as caught:
        terraform.plan({"nmae": "Ada"})
    assert caught.value.hint == "Did you mean 'name'?"


def test_a_folder_without_configuration_is_refused(tmp_path: Path, build: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(StepwireError, match="holds no Terraform configuration"):
        Terraform(tmp_path / "empty", build_folder=build).plan()


def test_a_folder_that_is_not_there_is_said_before_its_variables(build: Path) -> None:
    with pytest.raises(StepwireError, match="There is no folder /"):
        Terraform(Path("infrastructure"), build_folder=build).plan({"name": "Ada"})


def test_a_broken_module_is_shown_with_file_line_and_code(
    module: Module, build: Path
) -> None:
    module(
        {
            "main.tf": 'variable "size" {\n  type = number\n}\n\n'
            'output "size" {\n  value = var.siez\n}\n'
        },
        "modules/sized",
    )
    root = module(
        {"main.tf": 'module "a" {\n  source = "../modules/sized"\n  size   = 1\n}\n'}
    )
    with pytest.raises(TerraformError) as caught:
        Terraform(root, build_folder=build).validate()
    (one,) = caught.value.diagnostics
    assert one.severity == "error"
    assert one.summary == "Reference to undeclared input variable"
    assert one.file == root.parent / "modules" / "sized" / "main.tf"
    assert (one.line, one.code) == (6, "  value = var.siez")
    assert one.context == 'output "size"'
    shown = str(caught.value)
    assert "main.tf line 6" in shown
    assert 'Did you mean "size"?' in shown
    assert len(shown.splitlines()) < 12


def test_a_syntax_error_is_shown_with_its_line(module: Module, build: Path) -> None:
    root = module({"main.tf": 'output "a" {\n  value = \n}\n'})
    with pytest.raises(TerraformError) as caught:
        Terraform(root, build_folder=build).plan()
    one = caught.value.diagnostics[0]
    assert (one.file, one.line) == (root / "main.tf", 2)
    assert one.summary == "Invalid expression"


def test_a_failed_validation_shows_the_value(module: Module, build: Path) -> None:
    text = """
variable "size" {
  type = number
  validation {
    condition     = var.size > 0
    error_message = "size must be above 0."
  }
}
"""
    terraform = Terraform(module({"main.tf": text}), build_folder=build)
    with pytest.raises(TerraformError) as caught:
        terraform.plan({"size": -7})
    (one,) = caught.value.diagnostics
    assert "size must be above 0." in one.detail
    assert "var.size is -7" in one.values


def test_a_failing_resource_is_named_and_what_was_made_is_destroyed_later(
    module: Module, build: Path
) -> None:
    text = (
        GREETING
        + """
resource "terraform_data" "broken" {
  input = terraform_data.greeting.id
  provisioner "local-exec" { command = "echo it broke >&2; exit 3" }
}
"""
    )
    lines: list[str] = []
    terraform = Terraform(
        module({"main.tf": text}), build_folder=build, on_progress=lines.append
    )
    with pytest.raises(TerraformError) as caught:
        terraform.apply()
    (one,) = caught.value.diagnostics
    assert one.address == "terraform_data.broken"
    assert "it broke" in one.detail
    assert "terraform_data.broken: creating failed" in lines
    terraform.destroy()
    assert "terraform_data.greeting: destroyed in 0 s" in lines


def test_a_missing_module_is_an_error_of_init(module: Module, build: Path) -> None:
    root = module({"main.tf": 'module "a" { source = "./nowhere" }\n'})
    with pytest.raises(TerraformError) as caught:
        Terraform(root, build_folder=build).init()
    assert caught.value.diagnostics[0].summary == "Unreadable module directory"


def test_progress_arrives_while_terraform_runs(module: Module, build: Path) -> None:
    text = """
resource "terraform_data" "quick" {}
resource "terraform_data" "slow" {
  depends_on = [terraform_data.quick]
  provisioner "local-exec" { command = "sleep 1" }
}
"""
    seen: dict[str, float] = {}

    def note(line: str) -> None:
        seen[line] = time.monotonic()

    Terraform(module({"main.tf": text}), build_folder=build, on_progress=note).apply()
    created = seen["terraform_data.quick: created in 0 s"]
    assert seen["terraform_data.slow: creating"] >= created
    done = next(when for line, when in seen.items() if "slow: created" in line)
    assert done - created > 0.9
    assert "Plan: 2 to add, 0 to change, 0 to destroy." in seen


def test_an_error_in_the_progress_callback_is_not_swallowed(
    module: Module, build: Path
) -> None:
    def refuse(line: str) -> None:
        raise ValueError(line)

    terraform = Terraform(
        module({"main.tf": GREETING}), build_folder=build, on_progress=refuse
    )
    with pytest.raises(ValueError, match="greeting"):
        terraform.apply()


def test_the_graph_names_the_resources(module: Module, build: Path) -> None:
    graph = Terraform(module({"main.tf": GREETING}), build_folder=build).graph()
    assert graph.startswith("digraph")
    assert '"terraform_data.greeting"' in graph


SLOW = """
resource "terraform_data" "first" {}
resource "terraform_data" "slow" {
  depends_on = [terraform_data.first]
  provisioner "local-exec" { command = "sleep 3" }
}
resource "terraform_data" "never" {
  depends_on = [terraform_data.slow]
}
"""

APPLY = """
import sys
from pathlib import Path
from stepwire.terraform import Terraform

def progress(line):
    print(line, flush=True)

Terraform(
    Path(sys.argv[1]), build_folder=Path(sys.argv[2]), on_progress=progress
).apply()
"""


def start_slow_apply(root: Path, build: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", APPLY, str(root), str(build)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("terraform_data.slow: creating"):
            break
    return process


def names_in_state(build: Path) -> set[str]:
    state = json.loads((build / "terraform.tfstate").read_text())
    return {resource["name"] for resource in state["resources"]}


def test_ctrl_c_lets_terraform_finish_and_release_its_state(
    module: Module, build: Path
) -> None:
    root = module({"main.tf": SLOW})
    process = start_slow_apply(root, build)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert "KeyboardInterrupt" in errors
    # A local-exec that is interrupted fails, so "slow" is there, but tainted.
    assert names_in_state(build) == {"first", "slow"}
    Terraform(root, build_folder=build).destroy()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_driver_that_is_told_to_end_ends_terraform_first(
    module: Module, build: Path, number: signal.Signals
) -> None:
    root = module({"main.tf": SLOW})
    process = start_slow_apply(root, build)
    process.send_signal(number)
    process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert names_in_state(build) == {"first", "slow"}
    # What was made is known, and nothing holds the state.
    Terraform(root, build_folder=build).apply()
    assert names_in_state(build) == {"first", "slow", "never"}


def test_a_command_is_stopped_from_another_thread(module: Module, build: Path) -> None:
    stop = threading.Event()

    def progress(line: str) -> None:
        if line.startswith("terraform_data.slow: creating"):
            stop.set()

    terraform = Terraform(
        module({"main.tf": SLOW}), build_folder=build, on_progress=progress, stop=stop
    )
    with pytest.raises(StoppedError, match="before it was done"):
        terraform.apply()
    assert names_in_state(build) == {"first", "slow"}
    with pytest.raises(StoppedError, match="was not begun"):
        terraform.plan()


STUBBORN = """#!/bin/sh
trap '' INT TERM
echo begun
sleep 60 &
wait
sleep 60
"""


def test_a_terraform_that_does_not_end_is_killed_with_all_that_it_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stepwire.terraform.command._LONGEST_END_SECONDS", 0.2)
    program = tmp_path / "terraform"
    program.write_text(STUBBORN)
    program.chmod(0o755)
    started: list[psutil.Process] = []

    def interrupt(line: str) -> None:
        started.extend(
            one
            for one in psutil.Process().children(recursive=True)
            if one.cmdline()[-1:] == ["60"] or str(program) in one.cmdline()
        )
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Command(program, tmp_path, tmp_path).cmd(
            "apply", environment=dict(os.environ), on_line=interrupt
        )
    assert started
    _, alive = psutil.wait_procs(started, timeout=60)
    assert alive == []


def test_what_a_killed_terraform_made_is_known_and_its_lock_is_no_hindrance(
    module: Module, build: Path
) -> None:
    root = module({"main.tf": SLOW})
    process = start_slow_apply(root, build)
    below = psutil.Process(process.pid).children(recursive=True)
    for one in (psutil.Process(process.pid), *below):
        one.kill()
    process.communicate(timeout=30)
    psutil.wait_procs(below, timeout=60)
    assert "first" in names_in_state(build)
    Terraform(root, build_folder=build).apply()
    assert names_in_state(build) == {"first", "slow", "never"}


def test_a_command_waits_for_one_that_a_killed_parent_left(
    module: Module, build: Path
) -> None:
    root = module({"main.tf": SLOW})
    process = start_slow_apply(root, build)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    Terraform(root, build_folder=build).destroy()
    assert names_in_state(build) == set()


def test_a_killed_parent_leaves_a_state_that_is_whole(
    module: Module, build: Path
) -> None:
    root = module({"main.tf": SLOW})
    process = start_slow_apply(root, build)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    whole = {"first", "slow", "never"}
    until(lambda: names_in_state_or_none(build) == whole, "a whole state")


def names_in_state_or_none(build: Path) -> set[str] | None:
    try:
        return names_in_state(build)
    except (OSError, ValueError):
        return None


def test_a_failure_says_first_what_is_wrong() -> None:
    error = TerraformError(
        "terraform apply failed in infra",
        [Diagnostic("warning", "Old"), Diagnostic("error", "No such role", "Make it.")],
    )
    assert str(error).splitlines() == [
        "No such role (terraform apply failed in infra)",
        "",
        "Error: No such role",
        "  Make it.",
    ]
    assert str(TerraformError("terraform apply failed")) == "terraform apply failed"


def test_a_var_file_that_is_not_there_is_named(module: Module, tmp_path: Path) -> None:
    terraform = Terraform(
        module({"main.tf": ""}),
        build_folder=tmp_path / "build",
        var_files=[tmp_path / "none.tfvars"],
    )
    with pytest.raises(StepwireError, match=r"none\.tfvars cannot be read: No such"):
        terraform.plan()
