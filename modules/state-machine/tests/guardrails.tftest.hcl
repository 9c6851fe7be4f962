# Rules of an organisation for every role.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-east-1", name = "us-east-1" }
  }
}

variables {
  name       = "orders"
  definition = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"End\":true}}}"
}

run "the_role_has_a_boundary_and_a_path" {
  command = plan
  variables {
    permissions = {
      boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
      role_path    = "/workflows/"
    }
  }

  assert {
    condition     = aws_iam_role.this[0].permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_iam_role.this[0].path == "/workflows/"
    error_message = "The boundary is ${aws_iam_role.this[0].permissions_boundary}, the path ${aws_iam_role.this[0].path}."
  }
}

run "a_role_of_your_own_is_told_what_it_needs" {
  command = plan
  variables {
    permissions = { role_arn = "arn:aws:iam::123456789012:role/mine" }
  }

  assert {
    condition     = jsondecode(output.role_policies.trust).Statement[0].Condition.ArnLike["aws:SourceArn"] == "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
    error_message = "The trust policy is ${output.role_policies.trust}"
  }

  assert {
    condition     = strcontains(output.role_policies.execution, "logs:CreateLogDelivery")
    error_message = "Logging is on, and asks for permissions: ${output.role_policies.execution}"
  }
}

run "a_boundary_that_is_no_policy_is_refused" {
  command         = plan
  expect_failures = [var.permissions]
  variables {
    permissions = { boundary_arn = "arn:aws:iam::123456789012:role/boundary" }
  }
}

run "a_path_without_a_slash_at_its_end_is_refused" {
  command         = plan
  expect_failures = [var.permissions]
  variables {
    permissions = { role_path = "/workflows" }
  }
}

run "a_role_by_its_name_is_refused" {
  command         = plan
  expect_failures = [var.permissions]
  variables {
    permissions = { role_arn = "mine" }
  }
}
