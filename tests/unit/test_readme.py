"""The tables in the READMEs say what the .tf files say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from stepwire.errors import StepwireError
from tools import readme

Module = Callable[..., Path]

MARKED = """# A module

<!-- stepwire:inputs -->
old text
<!-- /stepwire -->

between

<!-- stepwire:outputs -->
<!-- /stepwire -->
after
"""

VARIABLES = r"""
variable "alarms" {
  description = <<-EOT
    First "paragraph" a|b.

    - one
    - two

    Last.
  EOT
  type = map(object({
    arn   = string
    limit = optional(number, 5)
    window = optional(object({
      from = string
    }), { from = "a, b" })
    empty = optional(list(string), [])
  }))
  default = {}
}

variable "name" {
  description = "Name of \"it\"."
  type        = string
}

variable "secret" {
  description = "A secret."
  type        = string
  default     = null
  sensitive   = true
}

output "b" {
  description = "Second."
  value       = 2
}

output "a" {
  description = "First."
  value       = 1
  sensitive   = true
}
"""


def test_inputs_are_a_table_with_the_required_ones_first(module: Module) -> None:
    folder = module({"variables.tf": VARIABLES, "README.md": MARKED})
    readme.update(folder)
    text = (folder / "README.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [
        '| `name` | Name of "it". | `string` | required |',
        (
            '| `alarms` | First "paragraph" a\\|b.<br>• one<br>• two<br><br>Last. '
            "| `map(object({…}))`, below | `{}` |"
        ),
        "| `secret` | A secret. Sensitive. | `string` | `null` |",
        "| `a` | First. Sensitive. |",
        "| `b` | Second. |",
    ]
    assert "old text" not in text
    assert text.startswith("# A module\n")
    assert text.endswith("<!-- /stepwire -->\nafter\n")


def test_an_object_type_is_shown_as_terraform_fmt_writes_it(module: Module) -> None:
    folder = module({"variables.tf": VARIABLES, "README.md": MARKED})
    table = readme.inputs(folder)
    shown = table.split("```hcl\n")[1].split("```")[0]
    written = f'variable "a" {{\n  type = {shown.replace("\n", "\n  ").rstrip()}\n}}\n'
    formatted = subprocess.run(
        ["terraform", "fmt", "-"],
        input=written,
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"TF_CLI_CONFIG_FILE": os.devnull},
    ).stdout
    assert written == formatted
    assert "limit = optional(number, 5)\n  window = optional(object({\n" in shown


def test_the_variables_of_a_system_are_a_link_to_its_module(module: Module) -> None:
    described = "Orders: the variables of `modules/orders`. Default null: off."
    folder = module(
        {
            "README.md": MARKED,
            "main.tf": f'''
variable "orders" {{
  description = "{described}"
  type = object({{
    name = string
  }})
  default = null
}}
''',
        }
    )
    text = readme.generate(folder)
    assert (
        f"| `orders` | {described} | object, [its keys](modules/orders#variables) | "
        "`null` |"
    ) in text
    assert "Type of `orders`" not in text


def test_pictures_of_workflows_are_left_alone(module: Module) -> None:
    text = "<!-- stepwire:workflows -->\npictures\n<!-- /stepwire -->\n"
    assert readme.generate(module({"README.md": text})) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('"text"', '"text"'),
        ("local.x", "local.x"),
        ("1.5", "1.5"),
        ("true", "true"),
        ("null", "null"),
        ("[]", "[]"),
        ("{}", "{}"),
        ('[\n    "a", # why\n    1,\n  ]', '["a", 1]'),
        ('{\n    a = { "b c" = [] }\n    b = 2\n  }', '{ a = { "b c" = [] }, b = 2 }'),
    ],
)
def test_a_default_is_one_line_of_hcl(module: Module, value: str, shown: str) -> None:
    folder = module({"variables.tf": f'variable "a" {{\n  default = {value}\n}}\n'})
    row = readme.inputs(folder).splitlines()[-1]
    assert row == f"| `a` |  | `any` | `{shown}` |"


def test_tables_that_are_up_to_date_are_left_alone(module: Module) -> None:
    folder = module({"variables.tf": VARIABLES, "README.md": MARKED})
    assert readme.update(folder)
    assert not readme.update(folder)
    readme.check(folder)


def test_a_table_that_is_out_of_date_shows_the_difference_and_the_command(
    module: Module,
) -> None:
    folder = module({"variables.tf": VARIABLES, "README.md": MARKED})
    readme.update(folder)
    (folder / "more.tf").write_text('variable "extra" { description = "More." }\n')
    with pytest.raises(StepwireError) as caught:
        readme.check(folder)
    assert "+| `extra` | More. | `any` | required |" in str(caught.value)
    assert caught.value.hint == f"Run: python -m tools.readme {folder}"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"main.tf": ""}, "has no README.md"),
        ({"README.md": "# Nothing\n"}, "no marks for its tables"),
        (
            {"README.md": "<!-- stepwire:inptus -->\n<!-- /stepwire -->\n"},
            "stepwire:inptus; there are inputs, outputs, workflows",
        ),
        (
            {"README.md": MARKED, "main.tf": 'variable "a" {'},
            "main.tf:1: cannot be read",
        ),
    ],
)
def test_what_stands_in_the_way_is_said(
    module: Module, files: dict[str, str], said: str
) -> None:
    with pytest.raises(StepwireError, match=said):
        readme.check(module(files))


def test_the_command_fails_only_where_it_checks(module: Module) -> None:
    folder = module({"variables.tf": VARIABLES, "README.md": MARKED})

    def run(*arguments: str) -> int:
        command = [sys.executable, "-m", "tools.readme", *arguments, str(folder)]
        return subprocess.run(command, capture_output=True, check=False).returncode

    assert [run("--check"), run(), run("--check")] == [1, 0, 0]
