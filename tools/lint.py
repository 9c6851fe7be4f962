"""The checks of ``make lint``, which run no tests.

``python -m tools.lint [NAME...]`` runs all checks, or those that are named.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from stepwire.check.callers import check_folder
from stepwire.errors import StepwireError
from stepwire.syntax import blocks, called_folder
from stepwire.terraform import Terraform
from stepwire.terraform.program import find_terraform
from tools import package, readme

_SKIPPED_FOLDERS = frozenset({"__pycache__", "build", "node_modules"})
_TEXT_LIMIT = 1_000_000
# Folders of one machine, and hosts of package registries: files have to work on other
# machines with other registries. In pieces, so that the pattern does not match itself.
_MACHINE_BOUND = re.compile(
    r"(?<![\w.$}/-])/(?:" + "root|work|Users" + r")/[\w.]"
    r"|(?<![\w.$}/-])/" + r"home/[\w.]"
    r"|https?://[\w.-]*(?:" + "pypi|pythonhosted|npmjs|debian" + r")\.org"
)


def ruff(root: Path) -> None:
    _run(root, sys.executable, "-m", "ruff", "check", "--quiet", ".")
    _run(root, sys.executable, "-m", "ruff", "format", "--check", "--quiet", ".")


def mypy(root: Path) -> None:
    _run(root, sys.executable, "-m", "mypy")


def terraform_fmt(root: Path) -> None:
    _run(root, "terraform", "fmt", "-check", "-diff", "-recursive", ".")


def terraform_validate(root: Path) -> None:
    """Every Terraform folder: a module with its callers, others as a root module."""

    def problem(folder: Path) -> str | None:
        with tempfile.TemporaryDirectory(prefix="stepwire-lint-") as build:
            try:
                warnings = Terraform(folder, build_folder=Path(build)).validate()
            except StepwireError as error:
                return str(error)
        if warnings:
            return "\n\n".join([f"In {folder}:", *map(str, warnings)])
        return None

    # Each takes a second to read the provider's schema, on one processor.
    with ThreadPoolExecutor(os.process_cpu_count()) as pool:
        problems = list(filter(None, pool.map(problem, _uncalled_folders(root))))
    if problems:
        # The same error shows in every folder that calls the module.
        raise StepwireError(problems[0], hint=_more(len(problems) - 1))


def readmes(root: Path) -> None:
    """The tables in the READMEs of the root module and the modules."""
    for folder in (root, *sorted(root.glob("modules/*"))):
        if any(folder.glob("*.tf")):
            readme.check(folder)


def module_calls(root: Path) -> None:
    """Mistakes in module calls that Terraform does not report."""
    found = [
        problem
        for folder in terraform_folders(root)
        for problem in check_folder(folder).problems
    ]
    if found:
        raise StepwireError("\n".join(map(str, found)))


def lambda_package(root: Path) -> None:
    package.check(root)


def portability(root: Path) -> None:
    """No path of one machine and no registry's address in any file."""
    found = list(_machine_bound(root))
    if found:
        raise StepwireError(
            "\n".join(found),
            hint="Nothing here may depend on one machine or one registry.",
        )


CHECKS: tuple[Callable[[Path], None], ...] = (
    ruff,
    mypy,
    terraform_fmt,
    terraform_validate,
    module_calls,
    readmes,
    lambda_package,
    portability,
)


def terraform_folders(root: Path) -> list[Path]:
    """The root module, the modules and the examples, with the modules inside them."""
    return sorted(
        {file.parent for file in root.glob("*.tf")}
        | {file.parent for file in root.glob("modules/**/*.tf")}
        | {file.parent for file in root.glob("examples/**/*.tf")}
    )


def _uncalled_folders(root: Path) -> list[Path]:
    """Folders that no other folder calls: a module is validated with its callers."""
    folders = terraform_folders(root)
    called = {
        called_folder(block)
        for folder in folders
        for block in blocks(folder)
        if block.kind == "module"
    }
    return [folder for folder in folders if folder.resolve() not in called]


def _more(number: int) -> str | None:
    return f"{number} more folders have problems." if number else None


def _machine_bound(root: Path) -> Iterator[str]:
    for file in _files(root):
        if file.stat().st_size > _TEXT_LIMIT:
            continue
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            if match := _MACHINE_BOUND.search(line):
                yield f"{file.relative_to(root)}:{number}: {match[0]}"


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, files in root.walk():
        folders[:] = sorted(
            name
            for name in folders
            if name not in _SKIPPED_FOLDERS
            and not name.endswith(".egg-info")
            # .ci is ours; the other hidden folders are tools' and caches.
            and (not name.startswith(".") or name == ".ci")
        )
        yield from (folder / name for name in sorted(files))


def _run(root: Path, *command: str) -> None:
    ran = subprocess.run(
        command,
        cwd=root,
        # Terraform warns when the user's configuration names a missing file.
        env=os.environ | {"TF_CLI_CONFIG_FILE": os.devnull},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if ran.returncode:
        raise StepwireError((ran.stdout + ran.stderr).strip())


def main() -> int:
    names = set(sys.argv[1:])
    failed = False
    try:
        find_terraform()
    except StepwireError as error:
        sys.exit(f"stepwire: {error}")
    for check in CHECKS:
        if names and check.__name__ not in names:
            continue
        began = time.monotonic()
        try:
            check(Path.cwd())
        except StepwireError as error:
            failed = True
            print(f"FAILED  {check.__name__}\n{error}\n", flush=True)
        else:
            seconds = time.monotonic() - began
            print(f"ok      {check.__name__}  {seconds:.1f} s", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
