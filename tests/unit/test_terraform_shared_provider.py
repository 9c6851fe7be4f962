"""One provider process for commands that configure it alike, and none left behind."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from stepwire.errors import StepwireError
from stepwire.terraform import Terraform
from stepwire.terraform.shared_provider import (
    SharedProviders,
    shared_providers,
    sharing_key,
)
from stepwire.terraform.working_tree import Source

Module = Callable[..., Path]

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
}
# Such a plan needs no endpoint.
OFFLINE = """
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
"""
VERSIONS = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}
"""
TOPIC = (
    VERSIONS
    + f"""
provider "aws" {{
  {OFFLINE}
}}

resource "aws_sns_topic" "orders" {{
  name = "orders"
}}

output "region" {{
  value = data.aws_region.here.name
}}

data "aws_region" "here" {{}}
"""
)


def providers(of: int | None = None) -> list[psutil.Process]:
    """The provider processes below a process, this one by default."""
    return [
        child
        for child in psutil.Process(of).children(recursive=True)
        if "terraform-provider-aws" in child.name()
        or any("terraform-provider-aws" in part for part in child.cmdline()[:1])
    ]


@pytest.fixture(autouse=True)
def _none_before_or_after() -> Iterator[None]:
    shared_providers.stop()
    yield
    shared_providers.stop()
    assert providers() == []


def test_commands_of_one_configuration_share_a_provider(
    module: Module, tmp_path: Path
) -> None:
    root = module({"main.tf": TOPIC})
    first = Terraform(root, build_folder=tmp_path / "1", environment=ENVIRONMENT)
    first.validate()
    (shared,) = providers()
    other = module({"main.tf": TOPIC.replace('"orders"', '"other"')}, "other")
    second = Terraform(other, build_folder=tmp_path / "2", environment=ENVIRONMENT)
    second.validate()
    assert providers() == [shared]


def test_a_provider_that_is_not_shared_ends_with_the_command(
    module: Module, tmp_path: Path
) -> None:
    terraform = Terraform(
        module({"main.tf": TOPIC}),
        build_folder=tmp_path / "build",
        environment=ENVIRONMENT,
        share_provider=False,
    )
    terraform.validate()
    assert providers() == []


def key(root: Path, variables: dict[str, str] | None = None, **more: str) -> object:
    return sharing_key(Source(root), variables, ENVIRONMENT | more, root)


def test_only_equal_environments_share(module: Module) -> None:
    root = module({"main.tf": TOPIC})
    assert key(root) == key(root)
    assert key(root) == key(root, {"name": "unused by the provider"})
    assert key(root) == key(root, PYTEST_CURRENT_TEST="another")
    assert key(root) != key(root, AWS_REGION="eu-west-1")
    assert key(root) != key(root, AWS_ENDPOINT_URL="http://localhost:1")
    assert key(root) != key(root, AWS_ACCESS_KEY_ID="other")
    assert key(root) != key(root, HTTPS_PROXY="http://localhost:2")
    assert key(root) != key(root, no_proxy="localhost")
    assert key(root) != key(root, HOME="elsewhere")


def test_only_equal_provider_blocks_share(module: Module) -> None:
    plain = module({"main.tf": TOPIC})
    region = TOPIC.replace(OFFLINE, f'{OFFLINE}  region = "eu-west-1"\n')
    assert key(plain) == key(module({"other.tf": TOPIC + "# else"}, "other"))
    assert key(plain) != key(module({"main.tf": region}, "far"))


def test_a_provider_block_with_references_is_shared_by_equal_variables_only(
    module: Module,
) -> None:
    text = TOPIC.replace(OFFLINE, f"{OFFLINE}  region = var.region\n")
    root = module({"main.tf": text})
    assert key(root, {"region": "a"}) == key(root, {"region": "a"})
    assert key(root, {"region": "a"}) != key(root, {"region": "b"})


@pytest.mark.parametrize(
    "text",
    [
        'resource "aws_lambda_function" "it" { filename = "f.zip" }',
        'resource "aws_s3_object" "it" { source = "f.txt" }',
        'provider "aws" { shared_credentials_files = ["credentials"] }',
        'module "it" { source = "terraform-aws-modules/lambda/aws" }',
        'module "it" { source = "git::https://example.org/lambda.git" }',
    ],
)
def test_what_opens_files_shares_with_itself_only(module: Module, text: str) -> None:
    first = module({"main.tf": VERSIONS + text}, "first")
    assert key(first) == key(first)
    assert key(first) != key(module({"main.tf": VERSIONS + text}, "second"))


def test_a_provider_that_others_can_replace_is_not_run(
    module: Module,
    tmp_path: Path,
    public_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = public_folder / "terraform-provider-aws"
    program.touch()
    program.chmod(0o777)
    monkeypatch.setattr(
        "stepwire.terraform.driver._installed_aws_provider", lambda _root: program
    )
    monkeypatch.setattr("stepwire.terraform.driver._installed_providers", {})
    terraform = Terraform(
        module({"main.tf": TOPIC}),
        build_folder=tmp_path / "build",
        environment=ENVIRONMENT,
    )
    with pytest.raises(StepwireError, match="others could replace") as caught:
        terraform.validate()
    assert caught.value.hint == f"chmod go-w {program}"


def test_a_provider_in_json_is_one_like_any_other(module: Module) -> None:
    text = '{"provider": {"aws": {"region": "eu-west-1"}}}'
    one = module({"main.tf": VERSIONS, "more.tf.json": text}, "one")
    other = module({"main.tf": VERSIONS, "more.tf.json": text.replace("west", "north")})
    assert key(one) == key(one)
    assert key(one) != key(other)
    assert key(module({"main.tf": TOPIC, "more.tf.json": text}, "both")) is None


def test_a_brace_in_a_string_ends_no_provider_block(module: Module) -> None:
    text = 'provider "aws" {{\n  region = "}}"\n  profile = "{}"\n}}\n'
    keys = [
        key(module({"main.tf": VERSIONS + text.format(name)}, name)) for name in "ab"
    ]
    assert keys[0] != keys[1]


def test_what_is_no_hcl_is_left_to_terraform(module: Module) -> None:
    assert key(module({"main.tf": 'provider "aws" {'})) is None


def test_the_provider_opens_files_as_terraform_itself_would(
    module: Module, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = "[here]\naws_access_key_id = a\naws_secret_access_key = b\n"
    text = TOPIC.replace(
        OFFLINE,
        f'{OFFLINE}  profile = "here"\n'
        '  shared_credentials_files = ["./credentials"]\n',
    )
    root = module({"main.tf": text, "credentials": account})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    terraform = Terraform(root, build_folder=tmp_path / "build")
    assert terraform.plan().outputs == {"region": "us-east-1"}
    assert len(providers()) == 1


def test_two_providers_in_one_configuration_are_not_shared(
    module: Module, tmp_path: Path
) -> None:
    text = (
        TOPIC
        + f"""
provider "aws" {{
  alias  = "far"
  region = "eu-west-1"
  {OFFLINE}
}}

data "aws_region" "far" {{
  provider = aws.far
}}

output "far" {{
  value = data.aws_region.far.name
}}
"""
    )
    terraform = Terraform(
        module({"main.tf": text}),
        build_folder=tmp_path / "build",
        environment=ENVIRONMENT,
    )
    assert terraform.plan().outputs == {"region": "us-east-1", "far": "eu-west-1"}
    assert providers() == []


def test_a_provider_that_ended_is_started_again(module: Module, tmp_path: Path) -> None:
    terraform = Terraform(
        module({"main.tf": TOPIC}),
        build_folder=tmp_path / "build",
        environment=ENVIRONMENT,
    )
    terraform.validate()
    (shared,) = providers()
    keeper = shared.parent()
    assert keeper is not None
    shared.kill()
    keeper.wait(60)
    terraform.validate()
    assert len(providers()) == 1


def test_a_program_that_is_no_provider_is_not_shared(tmp_path: Path) -> None:
    program = tmp_path / "terraform-provider-aws"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    with SharedProviders().lend(("key",), program, {}, tmp_path) as reattach:
        assert reattach is None


VALIDATE_AND_WAIT = """
import sys, time
from pathlib import Path
from stepwire.errors import StepwireError
from stepwire.terraform import Terraform
Terraform(
    Path(sys.argv[1]), build_folder=Path(sys.argv[2]), environment=ENVIRONMENT
).validate()
print("validated", flush=True)
time.sleep(60)
"""


def test_a_killed_parent_leaves_no_process(module: Module, tmp_path: Path) -> None:
    code = f"ENVIRONMENT = {ENVIRONMENT!r}\n{VALIDATE_AND_WAIT}"
    root = module({"main.tf": TOPIC})
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(root), str(tmp_path / "build")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "validated\n"
    assert len(providers(process.pid)) == 1
    below = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(below, timeout=60)
    assert alive == []
