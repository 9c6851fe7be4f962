"""A configuration for an account works on the emulator as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stepwire.pytest_plugin import ClientFactory, PlanFactory

CONFIGURATION = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  profile = "not-on-this-machine"
}

variable "bucket" {
  type = string
}

data "terraform_remote_state" "network" {
  backend = "s3"
  config = {
    bucket = var.bucket # the state of another team
    key    = "network.tfstate"
    region = "us-east-1"
  }
}

output "vpc" {
  value = data.terraform_remote_state.network.outputs.vpc
}
"""
BUCKET = "states-of-another-team"
STATE = {
    "version": 4,
    "terraform_version": "1.11.0",
    "serial": 1,
    "lineage": "network",
    "outputs": {"vpc": {"value": "vpc-1", "type": "string"}},
    "resources": [],
}


@pytest.fixture
def bucket(stepwire_client: ClientFactory) -> Iterator[str]:
    s3 = stepwire_client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="network.tfstate", Body=json.dumps(STATE))
    yield BUCKET
    s3.delete_object(Bucket=BUCKET, Key="network.tfstate")
    s3.delete_bucket(Bucket=BUCKET)


def test_a_profile_and_a_state_on_s3_need_no_change(
    module: Callable[..., Path], stepwire_plan: PlanFactory, bucket: str
) -> None:
    root = module({"main.tf": CONFIGURATION})
    assert stepwire_plan(root, {"bucket": bucket}).outputs == {"vpc": "vpc-1"}
