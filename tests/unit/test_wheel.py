"""The package that users install: their part of the repository, and all of that."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("stepwire", "stepwire_localstack")
# The modules, and the lock files that are read at run time.
SUFFIXES = (".py", ".txt")


def test_the_wheel_has_the_two_packages_and_nothing_of_the_checkout(
    tmp_path: Path,
) -> None:
    checkout = tmp_path / "checkout"
    for name in (*PACKAGES, "tools"):
        shutil.copytree(
            ROOT / name,
            checkout / name,
            ignore=shutil.ignore_patterns("__pycache__", "node_modules"),
        )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    wheel = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*wheel, "--wheel-dir", tmp_path, "."], cwd=checkout, check=True)
    [file] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(file) as built:
        held = {name for name in built.namelist() if ".dist-info/" not in name}
    assert held == {
        path.relative_to(checkout).as_posix()
        for package in PACKAGES
        for path in (checkout / package).rglob("*")
        if path.suffix in SUFFIXES
    }
