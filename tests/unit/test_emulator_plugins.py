"""The plugins that run inside LocalStack, as far as they can be read without it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import stepwire.emulator

PLUGINS = Path(stepwire.emulator.__file__).parent / "localstack_plugins"


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(PLUGINS)
    import stepwire_localstack

    yield stepwire_localstack
    for name in [
        name for name in sys.modules if name.startswith("stepwire_localstack")
    ]:
        del sys.modules[name]


def test_every_plugin_is_installed(package: ModuleType) -> None:
    folder = PLUGINS / "stepwire_localstack"
    sources = [*folder.glob("[a-z]*.py"), *folder.glob("*/__init__.py")]
    plugins = {
        (source.parent if source.name == "__init__.py" else source).stem
        for source in sources
        for node in ast.parse(source.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name == "install"
    }
    assert plugins == {plugin for plugin, _ in package.PLUGINS}


def test_a_missing_plugin_stops_the_start(
    package: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "wrapt", ModuleType("wrapt"))
    monkeypatch.setattr(package, "PLUGINS", (("nothing", "localstack.config"),))
    with pytest.raises(ModuleNotFoundError, match="nothing"):
        package.install()


def test_stepwire_itself_needs_no_localstack() -> None:
    sources = [
        source
        for source in Path(stepwire.__file__).parent.rglob("*.py")
        if PLUGINS not in source.parents
    ]
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text())):
            names = [alias.name for alias in getattr(node, "names", [])]
            names.append(getattr(node, "module", None) or "")
            imported = {name.split(".")[0] for name in names}
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert not imported & {"localstack", "stepwire_localstack"}, source
