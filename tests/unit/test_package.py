"""The Lambda package has the same bytes wherever and whenever it is built."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import tools.package
from stepwire import package
from stepwire.errors import StepwireError
from stepwire.syntax import blocks

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
    tools.package.check(sources.parent)
    (sources / "a.py").write_text("A = 2\n")
    with pytest.raises(StepwireError, match="not built from the present") as caught:
        tools.package.check(sources.parent)
    assert caught.value.hint == "Run: make package"


def test_what_is_committed_is_built_from_its_sources() -> None:
    assert package.sources(ROOT / "lambda_src")
    tools.package.check(ROOT)


def test_the_handlers_that_the_modules_name_are_in_the_package(
    tmp_path: Path,
) -> None:
    handlers = {
        handler
        for folder in ROOT.glob("modules/*")
        for block in blocks(folder)
        if (handler := block.text("handler"))
    }
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


def run(program: str, folder: Path, *arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    ).returncode


def test_the_checkouts_command_builds_what_its_check_accepts(sources: Path) -> None:
    root = sources.parent
    assert run("tools.package", root, "--check") == 1
    assert run("tools.package", root) == 0
    assert run("tools.package", root, "--check") == 0


def test_the_users_command_packages_any_folder(sources: Path) -> None:
    assert run("stepwire.package", sources.parent, "lambda_src", "of-mine.zip") == 0
    built = sources.parent / "of-mine.zip"
    assert built.read_bytes() == package.build(sources)


def test_a_folder_without_sources_is_not_packaged(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run("stepwire.package", tmp_path, ".", "of-mine.zip") == 2
    assert ". has no sources" in capfd.readouterr().err
    assert not (tmp_path / "of-mine.zip").exists()
