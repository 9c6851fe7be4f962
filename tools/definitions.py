"""Prints the state machine definitions of a configuration as they are rendered.

    python -m tools.definitions [CONFIGURATION …]
    python -m tools.definitions --against REVISION [CONFIGURATION …]

A CONFIGURATION is a Terraform file that calls modules of this checkout by
`source = "./modules/NAME"`; without one, all of tests/plan/fixtures/definitions are.
Nothing is applied: Terraform mocks the provider ("Tests - Provider Mocking" in its
documentation). ARNs and URLs that AWS would make are made from the addresses of their
resources, so that two runs print the same.

With --against, the modules of another commit render the same configurations.
Differences are printed; the exit status is then 1. It is 2 where something cannot be
rendered.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stepwire.errors import StepwireError
from stepwire.terraform import Terraform

ROOT = Path(__file__).parents[1]
CONFIGURATIONS = ROOT / "tests/plan/fixtures/definitions"

_SOURCE = re.compile(r'(?m)^(\s*source\s*=\s*")\./')
_PROVIDER = """
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {}
"""
_MOCK = """
mock_provider "aws" {
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com" }
  }
  mock_data "aws_region" {
    defaults = { id = "eu-west-1", name = "eu-west-1" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  # Stacks of our modules have outputs with these names.
  mock_resource "aws_cloudformation_stack" {
    defaults = { outputs = {
      # http-connection's: the ARN of a connection.
      Arn = "arn:aws:events:eu-west-1:111122223333:connection/stack/11111111"
    } }
  }
}
"""
# Formats of ARNs that the provider or a module parses.
_ARNS = {
    "aws_iam_role": "arn:aws:iam::111122223333:role/{}",
    "aws_sfn_state_machine": "arn:aws:states:eu-west-1:111122223333:stateMachine:{}",
    "aws_sfn_alias": "arn:aws:states:eu-west-1:111122223333:stateMachine:{}:live",
    "aws_lambda_function": "arn:aws:lambda:eu-west-1:111122223333:function:{}",
}
_OTHER_ARN = "arn:aws:any:eu-west-1:111122223333:{}"
# A queue's URL contains its name.
_URLS = {"aws_sqs_queue": "https://sqs.eu-west-1.amazonaws.com/111122223333/{}"}
_OTHER_URL = "https://example.com/{}/"

Definitions = Mapping[str, Any]
"""Definitions, read, by the address of their state machine."""


class RenderError(Exception):
    """What is wrong with a configuration or a revision, often in Terraform's words."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("configuration", nargs="*", type=Path)
    options.add_argument("--against", metavar="REVISION")
    given = options.parse_args()
    files = given.configuration or sorted(CONFIGURATIONS.glob("*.tf"))
    try:
        return _print(files, given.against)
    except (RenderError, StepwireError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _print(files: list[Path], against: str | None) -> int:
    """Prints the definitions, or their differences; the exit status."""
    if against is None:
        now = render(ROOT, files)
        sys.stdout.write(json.dumps(now, indent=2, ensure_ascii=False) + "\n")
        return 0
    with checked_out(against) as tree:
        before = render(tree, files)
    difference = list(differences(before, render(ROOT, files)))
    sys.stdout.writelines(difference)
    return 1 if difference else 0


def render(tree: Path, files: list[Path]) -> dict[str, Definitions]:
    """The definitions of each configuration, by its name, with the modules of a tree.

    Raises RenderError with Terraform's words.
    """
    texts = [_text(file) for file in files]
    with ThreadPoolExecutor(os.process_cpu_count()) as pool:
        found = pool.map(lambda text: render_text(tree, text), texts)
        return {file.stem: one for file, one in zip(files, found, strict=True)}


def render_text(tree: Path, configuration: str) -> Definitions:
    """The definitions of one configuration."""
    return {
        address: json.loads(values["definition"])
        for address, values in machines(tree, configuration).items()
    }


def machines(tree: Path, configuration: str) -> dict[str, Mapping[str, Any]]:
    """The attributes of one configuration's state machines, by their addresses."""
    with tempfile.TemporaryDirectory(prefix="stepwire-definitions-") as folder:
        root = Path(folder).resolve() / "configuration"
        root.mkdir()
        # Relative: Terraform copies a module with an absolute path, without the files
        # beside it.
        modules = os.path.relpath(tree, root)
        text = _SOURCE.sub(rf"\g<1>{modules}/", configuration)
        (root / "main.tf").write_text(text + _PROVIDER, encoding="utf-8")
        terraform = Terraform(root, build_folder=root.parent / "build")
        planned = _test(terraform, "plan", "")
        overrides = "".join(
            _override(resource["address"], values)
            for resource in planned["resource_changes"]
            if resource["mode"] == "managed" and (values := _made_up(resource))
        )
        state = _test(terraform, "apply", overrides)
    return {
        resource["address"]: resource["values"]
        for resource in _resources(state["root_module"])
        if resource["type"] == "aws_sfn_state_machine"
    }


def differences(
    before: Mapping[str, Definitions], now: Mapping[str, Definitions]
) -> Iterator[str]:
    """The differences between two renderings, as the lines of a unified diff."""
    for name in sorted({*before, *now}):
        old, new = before.get(name, {}), now.get(name, {})
        for address in sorted({*old, *new}):
            yield from difflib.unified_diff(
                _lines(old.get(address)),
                _lines(new.get(address)),
                f"{name} {address} (before)",
                f"{name} {address} (now)",
            )


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """The tree of a commit, in a temporary folder. Raises RenderError without it."""
    commit = ["git", "rev-parse", "--quiet", "--verify", f"{revision}^{{commit}}"]
    if subprocess.run(
        commit, cwd=ROOT, stdout=subprocess.DEVNULL, check=False
    ).returncode:
        raise RenderError(f"There is no commit {revision} in this checkout.")
    with tempfile.TemporaryDirectory(prefix="stepwire-revision-") as folder:
        archive = subprocess.run(
            ["git", "archive", revision], cwd=ROOT, check=True, stdout=subprocess.PIPE
        )
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        yield Path(folder).resolve()


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RenderError(f"{file} cannot be read: {error}") from None


def _test(terraform: Terraform, command: str, overrides: str) -> dict[str, Any]:
    file = terraform.directory / "render.tftest.hcl"
    run = f'run "render" {{\n  command = {command}\n}}\n'
    file.write_text(_MOCK + overrides + run, encoding="utf-8")
    result = terraform.test(file, verbose=True)["render"]
    if result.status != "pass" or result.document is None:
        raise RenderError(str(result))
    return dict(result.document)


def _made_up(resource: Mapping[str, Any]) -> dict[str, str]:
    """The ARN and the URLs of a resource that AWS would make."""
    name = re.sub(r"\W+", "-", resource["address"].replace("module.", "")).strip("-")
    arn = _ARNS.get(resource["type"], _OTHER_ARN).format(name)
    url = _URLS.get(resource["type"], _OTHER_URL).format(name)
    unknown = resource["change"]["after_unknown"]
    return {
        key: value
        for key, value in {"arn": arn, "url": url, "function_url": url}.items()
        if unknown.get(key) is True
    }


def _override(address: str, values: Mapping[str, str]) -> str:
    lines = "".join(f'    {key} = "{value}"\n' for key, value in values.items())
    return (
        f"override_resource {{\n  target = {address}\n  values = {{\n{lines}  }}\n}}\n"
    )


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources") or ()
    for child in module.get("child_modules") or ():
        yield from _resources(child)


def _lines(definition: Any) -> list[str]:
    if definition is None:
        return []
    text = json.dumps(definition, indent=2, sort_keys=True, ensure_ascii=False)
    return [f"{line}\n" for line in text.splitlines()]


if __name__ == "__main__":
    sys.exit(main())
