"""The Lambda package has the same bytes wherever and whenever it is built."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from stepwire import package
from stepwire.errors import StepwireError

ROOT = Path(__file__).parents[2]
Module = Callable[..., Path]

FILES = {
    "b.py": "B = 1\n",
    "a.py": "A = 1\n",
    "pages/page.html": "<p>ü</p>\n",
    "pages/__init__.py": "",
}


@pytest.fixture
def sources(module: Module) -> Path:
    return module(FILES, "lambda_src")


def test_a_package_holds_the_sources_by_name(sources: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(package.build(sources))) as built:
        assert built.namelist() == [
            "a.py",
            "b.py",
            "pages/__init__.py",
            "pages/page.html",
        ]
        assert {name: built.read(name).decode() for name in FILES} == FILES


def test_the_bytes_do_not_depend_on_place_time_or_permissions(
    sources: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(sources, copy)
    for file in copy.rglob("*"):
        os.utime(file, (0, 1_000_000_000))
        if file.is_file():
            file.chmod(0o600)
    (copy / "a.py").write_bytes(b"A = 1\r\n")
    assert package.build(copy) == package.build(sources)


def test_caches_hidden_files_and_the_package_itself_stay_out(sources: Path) -> None:
    before = package.build(sources)
    for name in ("__pycache__/a.pyc", "__pycache__/b.py", ".secret.py", "package.zip"):
        file = sources / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("x")
    assert package.build(sources) == before


def test_functions_can_read_what_is_in_it(sources: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(package.build(sources))) as built:
        assert {entry.external_attr >> 16 for entry in built.infolist()} == {0o100644}


def test_a_package_of_other_sources_is_refused_with_the_command(sources: Path) -> None:
    built = sources / "package.zip"
    built.write_bytes(package.build(sources))
    package.check(sources, built)
    (sources / "a.py").write_text("A = 2\n")
    with pytest.raises(StepwireError, match="not built from the present") as caught:
        package.check(sources, built)
    assert caught.value.hint == "Run: make package"


def test_what_is_committed_is_built_from_its_sources() -> None:
    assert package.sources(ROOT / "lambda_src")
    package.check(ROOT / "lambda_src", ROOT / "lambda_src" / "package.zip")


def test_the_handlers_that_the_modules_name_are_in_the_package(
    tmp_path: Path,
) -> None:
    text = "".join(file.read_text("utf-8") for file in ROOT.glob("modules/*/*.tf"))
    handlers = set(re.findall(r'\bhandler\s*=\s*"([\w.]+)"', text))
    assert handlers
    script = (
        "import importlib, sys\n"
        "for handler in sys.argv[1:]:\n"
        "    module, _, name = handler.rpartition('.')\n"
        "    imported = importlib.import_module(module)\n"
        "    getattr(imported, name)\n"
    )
    with zipfile.ZipFile(ROOT / "lambda_src" / "package.zip") as built:
        built.extractall(tmp_path)
    # From there, as Lambda does.
    subprocess.run([sys.executable, "-c", script, *handlers], cwd=tmp_path, check=True)


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "stepwire.package", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_builds_what_its_check_accepts(sources: Path) -> None:
    assert run(sources.parent, "--check").returncode == 1
    assert run(sources.parent).returncode == 0
    assert run(sources.parent, "--check").returncode == 0


def test_without_sources_the_command_says_that_there_is_nothing(tmp_path: Path) -> None:
    ran = run(tmp_path)
    assert (ran.returncode, ran.stdout) == (
        0,
        "nothing to package: lambda_src has no sources\n",
    )
