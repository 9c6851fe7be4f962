# What the module refuses about the key; its other refusals are in
# tests/plan/test_link_approval_plan.py, many in one plan.

mock_provider "aws" {}

variables {
  name      = "refunds"
  approvers = ["ann@example.com"]
  package   = { s3_bucket = "packages", s3_key = "package.zip" }
}

run "a_secret_that_is_no_arn" {
  command = plan
  variables {
    link_key_secret = { arn = "refunds" }
  }
  expect_failures = [var.link_key_secret]
}

run "another_version_of_a_key_that_the_module_does_not_make" {
  command = plan
  variables {
    link_key_secret  = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:refunds-AbCdEf" }
    link_key_version = 2
  }
  expect_failures = [var.link_key_version]
}
