"""What ``make lint`` finds; each check on a small tree of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stepwire.errors import StepwireError
from tools import lint

Module = Callable[..., Path]


def test_unformatted_terraform_is_shown(module: Module) -> None:
    root = module({"modules/a/main.tf": 'output "a" {\nvalue = 1\n}\n'})
    with pytest.raises(StepwireError, match=r"\+  value = 1"):
        lint.terraform_fmt(root)


def test_a_module_or_example_that_is_not_valid_is_named(module: Module) -> None:
    root = module(
        {
            "main.tf": 'output "a" { value = 1 }\n',
            "modules/right/main.tf": 'output "a" { value = 1 }\n',
            "examples/wrong/main.tf": 'output "a" { value = var.none }\n',
        }
    )
    with pytest.raises(StepwireError, match=r"examples/wrong(?s:.)*var\.none|none"):
        lint.terraform_validate(root)


def test_modules_need_tables_in_their_readmes_and_examples_do_not(
    module: Module,
) -> None:
    marked = "<!-- stepwire:outputs -->\n\nNone.\n\n<!-- /stepwire -->\n"
    files = {
        "main.tf": "",
        "README.md": marked,
        "examples/a/main.tf": "",
        "modules/a/main.tf": "",
    }
    with pytest.raises(StepwireError, match=r"modules/a has no README\.md"):
        lint.readmes(module(files))
    lint.readmes(module({"modules/a/README.md": marked}))


@pytest.mark.parametrize(
    "text",
    [
        'path = "/' + 'root/.cache/x"',
        "see /" + "home/ada/x",
        "/" + "work/main/x",
        "index = https://" + "pypi" + ".org/simple",
        "https://files." + "pythonhosted" + ".org/x",
    ],
)
def test_a_path_of_one_machine_or_a_registry_is_found(
    module: Module, text: str
) -> None:
    root = module({"docs/a.md": f"first\n{text}\n"})
    with pytest.raises(StepwireError, match=r"docs/a\.md:2: "):
        lint.portability(root)


@pytest.mark.parametrize(
    "text",
    [
        "https://developer.hashicorp.com/terraform/install",
        "${path.root}/" + "work/x",
        "GET /orders/{order_id}",
        "${tmp}/" + "home/x",
        "networks/" + "root/x",
    ],
)
def test_other_paths_and_addresses_are_not_found(module: Module, text: str) -> None:
    lint.portability(module({"docs/a.md": text, ".venv/x": "/" + "root/x"}))


def test_a_package_that_does_not_match_its_sources_is_found(module: Module) -> None:
    root = module({"lambda_src/a.py": "A = 1\n"})
    with pytest.raises(StepwireError, match="not built from the present sources"):
        lint.lambda_package(root)
