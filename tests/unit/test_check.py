"""stepwire check says what Terraform does not say about a call of a module."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from stepwire import cli
from stepwire.check import check
from stepwire.check.callers import check_folder
from stepwire.errors import StepwireError
from tools import lint

ROOT = Path(__file__).parents[2]

CALLEE = """
variable "name" {
  type = string
}

variable "logging" {
  type = object({
    level             = optional(string, "ERROR")
    retention_in_days = optional(number, 30)
    kms               = optional(object({ arn = string, rotate = optional(bool) }))
  })
  default = {}
}

variable "routes" {
  type = map(object({
    start   = optional(object({ arn = string }))
    methods = optional(list(string), [])
  }))
  default = {}
}

variable "anything" {
  type    = any
  default = null
}

variable "untyped" {
  default = null
}

variable "ratio" {
  type    = number
  default = 1
}

variable "on" {
  type    = bool
  default = true
}
"""

Check = Callable[..., list[str]]


@pytest.fixture
def said(tmp_path: Path, module: Callable[..., Path]) -> Check:
    """What is said about a call with these arguments, as LINE: MESSAGE."""

    def run(arguments: str, **files: str) -> list[str]:
        module({"variables.tf": CALLEE}, "callee")
        call = f'module "it" {{\n  source = "../callee"\n{arguments}\n}}\n'
        texts = {f"{name}.tf": text for name, text in files.items()}
        folder = module({"main.tf": call, **texts}, "caller")
        prefix = f"{folder}/main.tf:"
        return [
            str(problem).removeprefix(prefix).removeprefix(f"{folder}/")
            for problem in check(folder).problems
        ]

    return run


def test_a_call_that_is_right_is_left_alone(said: Check) -> None:
    assert (
        said("""
  name    = "orders"
  logging = { level = "ALL", retention_in_days = 7, kms = { arn = "a" } }
  routes = {
    "GET /orders" = { methods = ["a", var.b], start = { arn = module.x.arn } }
    "POST /any"   = {}
  }
  anything   = { x = [1, { y = 2 }] }
  untyped    = [1]
  ratio      = -0.5
  on         = !var.off
  count      = 1
  depends_on = [module.x]
""")
        == []
    )


def test_an_unknown_key_is_named_with_the_nearest_one(said: Check) -> None:
    [found] = said('  name = "x"\n  logging = {\n    retention_day = 7\n  }')
    where, wanted = found.split(" is not known: ")
    assert where == "5: module.it.logging.retention_day"
    assert wanted == "did you mean retention_in_days?"


def test_where_no_name_is_near_all_are_named(said: Check) -> None:
    [found] = said('  name = "x"\n  logging = { colour = 7 }')
    assert found.endswith("there are level, retention_in_days, kms")


def test_an_unknown_argument_is_named(said: Check) -> None:
    assert said('  name = "x"\n  loging = {}') == [
        "4: module.it.loging is not known: did you mean logging?"
    ]


def test_a_missing_required_variable_is_named(said: Check) -> None:
    assert said("  logging = {}") == ["1: module.it has no name, which is required"]


def test_a_missing_required_key_is_named_however_deep_it_is(said: Check) -> None:
    assert said("""  name = "x"
  routes = {
    "GET /a" = {
      start = {}
    }
  }
  logging = { kms = { rotate = true } }""") == [
        "6: module.it.routes.GET /a.start has no arn, which is required (a text)",
        "9: module.it.logging.kms has no arn, which is required (a text)",
    ]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("logging = []", "logging must be an object, not a list"),
        ('logging = "ALL"', 'logging must be an object, not "ALL"'),
        ("logging = 3", "logging must be an object, not a number"),
        ("logging = true", "logging must be an object, not a truth value"),
        (
            'logging = { retention_in_days = "week" }',
            'logging.retention_in_days must be a number, not "week"',
        ),
        (
            "logging = { retention_in_days = true }",
            "logging.retention_in_days must be a number, not a truth value",
        ),
        ("logging = { level = [1] }", "logging.level must be a text, not a list"),
        ('on = "yes"', 'on must be true or false, not "yes"'),
        ("on = 1", "on must be true or false, not a number"),
        ("ratio = {}", "ratio must be a number, not an object"),
        ("routes = []", "routes must be a map, not a list"),
        ("routes = { a = 1 }", "routes.a must be an object, not a number"),
        (
            'routes = { a = { methods = "GET" } }',
            'routes.a.methods must be a list, not "GET"',
        ),
        (
            "routes = { a = { methods = [[]] } }",
            "routes.a.methods[0] must be a text, not a list",
        ),
        ("routes = [for x in y : x]", "routes must be a map, not a list"),
        ('on = "TRUE"', 'on must be true or false, not "TRUE"'),
        ('ratio = "1_000"', 'ratio must be a number, not "1_000"'),
        ("ratio = { for x in y : x => x }", "ratio must be a number, not an object"),
        (
            "logging = jsonencode({ level = 1 })",
            "logging must be an object, not a text: leave jsonencode out",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(
    said: Check, argument: str, message: str
) -> None:
    assert said(f'  name = "x"\n  {argument}') == [f"4: module.it.{message}"]


@pytest.mark.parametrize(
    "argument",
    [
        'ratio = "0.5"',
        'on = "true"',
        'on = "1"',
        'ratio = "1e3"',
        'logging = { retention_in_days = "30", kms = { arn = 1, rotate = "0" } }',
        'routes = { "a" = { methods = [1, true, "GET"] } }',
        'routes = "${local.nothing}"',
        "logging = { level = 3 }",
        "logging = { level = true }",
        "logging = null",
        "logging = { kms = null }",
        'ratio = "${var.x}"',
        "logging = { level = <<-EOT\n    ALL\n  EOT\n  }",
    ],
)
def test_what_terraform_converts_is_left_alone(said: Check, argument: str) -> None:
    assert said(f'  name = "x"\n  {argument}') == []


@pytest.mark.parametrize(
    "argument",
    [
        "logging = var.x ? { level = 1 } : { levle = 2 }",
        "logging = (var.x ? { levle = 2 } : null)",
        "logging = merge(local.y, { levle = 2 })",
        "logging = merge({ level = 1 }, { levle = 2 })",
        "logging = sensitive({ levle = 2 })",
    ],
)
def test_expressions_around_an_object_are_looked_into(
    said: Check, argument: str
) -> None:
    assert said(f'  name = "x"\n  {argument}') == [
        "4: module.it.logging.levle is not known: did you mean level?"
    ]


def test_each_of_many_that_are_made_in_a_loop_is_looked_at(said: Check) -> None:
    assert said("""  name = "x"
  routes = { for key in y : key => { strat = 1 } }""") == [
        "4: module.it.routes.*.strat is not known: did you mean start?"
    ]


def test_a_local_is_followed_to_where_it_is_written(said: Check) -> None:
    assert said(
        '  name = "x"\n  logging = local.logs\n  routes = local.elsewhere',
        locals="locals {\n  a = {\n    levle = 1\n  }\n  logs = local.a\n}\n",
    ) == ["locals.tf:3: module.it.logging.levle is not known: did you mean level?"]


def test_locals_that_go_round_in_circles_end(said: Check) -> None:
    found = said(
        '  name = "x"\n  logging = local.a',
        locals="locals {\n  a = { kms = { arn = local.b }, x = 1 }\n  b = local.b\n}\n",
    )
    assert len(found) == 1
    assert "module.it.logging.x is not known" in found[0]


def test_the_values_of_a_root_module_are_looked_at(
    module: Callable[..., Path],
) -> None:
    values = 'name = "x"\nlogging = {\n  levle = "ALL"\n}\nloggin = {}\n'
    folder = module({"variables.tf": CALLEE, "prod.tfvars": values})
    assert [str(problem) for problem in check(folder).problems] == [
        f"{folder}/prod.tfvars:3: var.logging.levle is not known: did you mean level?",
        f"{folder}/prod.tfvars:5: var.loggin is not known: did you mean logging?",
    ]


def test_make_lint_checks_the_calls_of_the_modules(
    module: Callable[..., Path],
) -> None:
    root = module(
        {
            "modules/it/variables.tf": CALLEE,
            "examples/it/main.tf": 'module "it" {\n  source = "../../modules/it"\n}\n',
        }
    )
    assert lint.module_calls in lint.CHECKS
    with pytest.raises(StepwireError, match=r"main\.tf:1: module\.it has no name"):
        lint.module_calls(root)


def test_a_key_that_is_an_expression_is_left_alone(said: Check) -> None:
    assert said('  name = "x"\n  logging = { (var.key) = 1 }') == []


def test_a_module_that_init_has_fetched_is_found(
    tmp_path: Path, module: Callable[..., Path]
) -> None:
    source = "git::https://example.org/shop.git//orders?ref=v1"
    folder = module(
        {
            "main.tf": f'module "it" {{\n  source = "{source}"\n  nam = "x"\n}}\n',
            ".terraform/modules/it/orders/variables.tf": CALLEE,
            ".terraform/modules/modules.json": json.dumps(
                {
                    "Modules": [
                        {"Key": "", "Source": "", "Dir": "."},
                        {
                            "Key": "it",
                            "Source": source,
                            "Dir": ".terraform/modules/it/orders",
                        },
                    ]
                }
            ),
        }
    )
    assert [problem.message for problem in check(folder).problems] == [
        "module.it has no name, which is required",
        "module.it.nam is not known: did you mean name?",
    ]


def test_a_module_of_ours_is_found_before_it_is_fetched(
    module: Callable[..., Path],
) -> None:
    source = (
        "git::https://example.org/o/terraform-aws-stepwire//modules/order-approval"
        "?ref=v0.1.0"
    )
    folder = module(
        {
            "main.tf": f'module "it" {{\n  source = "{source}"\n'
            '  name = "x"\n  logging = { retention_day = 7 }\n}\n'
        }
    )
    result = check(folder)
    assert result.calls == 1
    assert [problem.line for problem in result.problems] == [4]
    assert "did you mean retention_in_days?" in result.problems[0].message


def test_a_module_that_is_not_here_is_said_to_be_unchecked(
    module: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    folder = module({"main.tf": 'module "it" {\n  source = "some/where/aws"\n}\n'})
    assert cli.main(["check", str(folder)]) == 1
    shown = capfd.readouterr()
    assert shown.out == (
        f"{folder}/main.tf:1: module.it (some/where/aws) is not installed: "
        "run terraform init\n"
    )
    assert "0 calls of modules checked, 1 not, 0 problems." in shown.err


@pytest.mark.parametrize("text", ["", "[]", '{"Modules": [{}]}', '{"Modules": 1}'])
def test_what_init_left_half_done_is_not_installed(
    module: Callable[..., Path], text: str
) -> None:
    folder = module(
        {
            "main.tf": 'module "it" {\n  source = "some/where/aws"\n}\n',
            ".terraform/modules/modules.json": text,
        }
    )
    assert len(check(folder).unchecked) == 1


def test_a_module_of_a_registry_is_found_by_the_name_of_its_call(
    module: Callable[..., Path],
) -> None:
    installed = {
        "Key": "it",
        "Source": "registry.example.org/some/where/aws",
        "Dir": ".terraform/modules/it",
    }
    folder = module(
        {
            "main.tf": 'module "it" {\n  source = "some/where/aws"\n}\n',
            ".terraform/modules/it/variables.tf": CALLEE,
            ".terraform/modules/modules.json": json.dumps({"Modules": [installed]}),
        }
    )
    assert len(check(folder).problems) == 1


def test_a_default_in_an_override_file_counts(
    said: Check, module: Callable[..., Path]
) -> None:
    module({"a_override.tf": 'variable "name" {\n  default = "x"\n}\n'}, "callee")
    assert said("") == []


def test_an_argument_in_an_override_file_counts_and_is_named_there(
    said: Check,
) -> None:
    text = 'module "it" {\n  name = "x"\n  lok = 1\n}\n'
    (line,) = said("", override=text)
    assert line.startswith("override.tf:3: module.it.lok is not known")


def test_a_local_in_an_override_file_counts(said: Check) -> None:
    assert (
        said(
            '  name = "x"\n  ratio = local.r',
            locals='locals {\n  a = 1\n}\nlocals {\n  r = "x"\n}\n',
            locals_override="locals {\n  r = 1\n}\n",
        )
        == []
    )


CALLEE_JSON = {
    "variable": {
        "name": {"type": "string"},
        "logging": [{"type": "object({ level = optional(string) })", "default": {}}],
    }
}


def test_json_is_read_as_what_it_stands_for(module: Callable[..., Path]) -> None:
    module({"variables.tf.json": json.dumps(CALLEE_JSON)}, "callee")
    call = {
        "//": "made by a program",
        "locals": {"logging": {"levle": 1}},
        "module": {
            "right": {"source": "../callee", "name": "${var.x}"},
            "wrong": [{"source": "../callee", "logging": "${local.logging}"}],
        },
    }
    folder = module({"main.tf.json": json.dumps(call, indent=2)}, "caller")
    assert {problem.file for problem in check(folder).problems} == {
        folder / "main.tf.json"
    }
    assert [(one.line, one.message) for one in check(folder).problems] == [
        (5, "module.wrong.logging.levle is not known: did you mean level?"),
        (13, "module.wrong has no name, which is required"),
    ]


@pytest.mark.parametrize("text", ['{\n "a"\n :\n 1\n ,\n "b": 2 }', "\n{}\n", "{}"])
def test_json_may_have_space_where_hcl_has_none(
    module: Callable[..., Path], text: str
) -> None:
    assert check(module({"main.tf.json": text})).problems == []


def test_a_byte_order_mark_is_no_part_of_the_text(module: Callable[..., Path]) -> None:
    module({"variables.tf": f"\ufeff{CALLEE}"}, "callee")
    call = 'module "it" {\n  source = "../callee"\n}\n'
    folder = module({"main.tf": f"\ufeff{call}"}, "caller")
    assert len(check(folder).problems) == 1


def test_the_command_prints_a_line_each_and_fails(
    module: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    module({"variables.tf": CALLEE}, "callee")
    folder = module(
        {"deep/er/main.tf": 'module "it" {\n  source = "../../../callee"\n}\n'},
        "caller",
    )
    assert cli.main(["check", str(folder)]) == 1
    shown = capfd.readouterr()
    assert shown.out == (
        f"{folder}/deep/er/main.tf:1: module.it has no name, which is required\n"
    )
    assert "1 calls of modules checked, 1 problems." in shown.err


def test_a_file_that_is_no_hcl_is_an_error(module: Callable[..., Path]) -> None:
    folder = module({"main.tf": 'module "it" {\n'})
    with pytest.raises(StepwireError, match=r"main\.tf:1: cannot be read: the end"):
        check(folder)


def test_a_folder_without_terraform_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StepwireError, match=r"no \.tf file"):
        check(tmp_path)


@pytest.mark.parametrize(
    "folder",
    sorted(file.parent for file in ROOT.glob("examples/*/main.tf")),
    ids=lambda folder: folder.name,
)
def test_our_examples_have_no_problems(folder: Path) -> None:
    result = check_folder(folder)
    assert result.problems == []
    assert result.unchecked == []
    assert result.calls
