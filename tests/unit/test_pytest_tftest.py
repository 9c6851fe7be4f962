"""``run`` blocks of .tftest.hcl files are tests like any other."""

from __future__ import annotations

import subprocess
import sys

import pytest

from stepwire.terraform import Diagnostic
from stepwire.terraform.test_runs import RunResult

MODULE = """
variable "size" {
  type    = number
  default = 1
  validation {
    condition     = var.size > 0
    error_message = "size must be above 0."
  }
}

resource "terraform_data" "sized" {
  input = var.size
}
"""

RUNS = """
run "default_size_is_one" {
  command = plan
  assert {
    condition     = terraform_data.sized.input == 1
    error_message = "size is ${terraform_data.sized.input}"
  }
}

run "size_is_two" {
  command = plan
  assert {
    condition     = terraform_data.sized.input == 2
    error_message = "size is ${terraform_data.sized.input}"
  }
}

run "negative_size_is_refused" {
  command = plan
  variables { size = -1 }
  expect_failures = [var.size]
}
"""


@pytest.fixture
def repository(pytester: pytest.Pytester) -> pytest.Pytester:
    for name, text in {
        "modules/sized/main.tf": MODULE,
        "modules/sized/tests/size.tftest.hcl": RUNS,
        "pytest.ini": "[pytest]\nstepwire_tftest = true\n",
    }.items():
        file = pytester.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return pytester


def test_the_plugin_costs_other_repositories_next_to_nothing() -> None:
    slow = {"boto3", "botocore", "hcl2", "psutil", "rich", "urllib3"}
    program = (
        "import stepwire.pytest_plugin, stepwire.pytest_tftest, sys\n"
        f"print(sorted({slow} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"


def test_each_run_is_a_test_and_a_failure_shows_the_line(
    repository: pytest.Pytester,
) -> None:
    result = repository.runpytest_inprocess("-v")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*size.tftest.hcl::default_size_is_one PASSED*",
            "*size.tftest.hcl::size_is_two FAILED*",
            "*size.tftest.hcl::negative_size_is_refused PASSED*",
            "Error: Test assertion failed",
            '*size.tftest.hcl line 13, in run "size_is_two"',
            "*13: condition     = terraform_data.sized.input == 2",
            "*terraform_data.sized.input is 1",
        ]
    )


def test_the_last_lines_have_the_message_of_the_assertion() -> None:
    words = "The topic has another name.\n\nSee the style guide."
    failed = Diagnostic("error", "Test assertion failed", detail=words)
    first = str(RunResult("fail", [failed])).splitlines()[0]
    assert first == "The topic has another name. (Test assertion failed)"


def test_a_run_can_be_chosen_by_its_name(repository: pytest.Pytester) -> None:
    chosen = "modules/sized/tests/size.tftest.hcl::default_size_is_one"
    repository.runpytest_inprocess(chosen).assert_outcomes(passed=1)
    repository.runpytest_inprocess("-k", "size_is_two").assert_outcomes(
        failed=1, deselected=2
    )


def test_a_broken_module_fails_every_run_with_its_error(
    repository: pytest.Pytester,
) -> None:
    (repository.path / "modules/sized/broken.tf").write_text("output {\n}\n")
    result = repository.runpytest_inprocess()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*broken.tf line 1*", "*output {*"])


def test_a_broken_test_file_fails_every_run_with_its_error(
    repository: pytest.Pytester,
) -> None:
    file = repository.path / "modules/sized/tests/size.tftest.hcl"
    file.write_text(RUNS.replace("expect_failures", "expect_failure"))
    result = repository.runpytest_inprocess()
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines(["*expect_failure*"])


def test_a_repository_that_does_not_ask_has_no_such_tests(
    repository: pytest.Pytester,
) -> None:
    (repository.path / "pytest.ini").unlink()
    repository.runpytest_inprocess().assert_outcomes()
    shown = repository.runpytest_inprocess("--collect-only", "--stepwire-tftest")
    shown.stdout.fnmatch_lines(["*3 tests collected*"])
    file = "modules/sized/tests/size.tftest.hcl"
    shown = repository.runpytest_inprocess("--collect-only", file)
    shown.stdout.fnmatch_lines(["*3 tests collected*"])


def test_a_run_without_quotes_and_runs_in_json_are_tests(
    repository: pytest.Pytester,
) -> None:
    tests = repository.path / "modules/sized/tests"
    (tests / "size.tftest.hcl").write_text("run one {\n  command = plan\n}\n")
    (tests / "more.tftest.json").write_text('{"run": {"two": {"command": "plan"}}}')
    result = repository.runpytest_inprocess("-v")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*more.tftest.json::two PASSED*", "*::one PASSED*"])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('\nrun "one"\n', "size.tftest.hcl:2: cannot be read: the end of the file*"),
        ('run "one" {\n  x = = 1\n}\n', "size.tftest.hcl:2: cannot be read: '= 1'*"),
        ("\nrun {\n}\n", "size.tftest.hcl:2: this run has no name.*"),
    ],
)
def test_a_test_file_that_is_no_hcl_is_an_error_with_its_line(
    repository: pytest.Pytester, text: str, line: str
) -> None:
    (repository.path / "modules/sized/tests/size.tftest.hcl").write_text(text)
    result = repository.runpytest_inprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"*{line}"])


def test_the_modules_folder_stays_as_it_was(repository: pytest.Pytester) -> None:
    module = repository.path / "modules"
    before = sorted(module.rglob("*"))
    repository.runpytest_inprocess("-p", "no:cacheprovider")
    assert sorted(module.rglob("*")) == before
