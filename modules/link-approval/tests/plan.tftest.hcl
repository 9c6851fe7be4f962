# What the module plans. Its refusals are in tests/plan/test_link_approval_plan.py, two
# dozen in two plans.

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
  name      = "refunds"
  approvers = ["Ann Lee <Ann@Example.com>", "ben@example.com"]
  package   = { s3_bucket = "packages", s3_key = "package.zip" }
}

run "each_address_is_subscribed_to_its_own_messages" {
  command = plan

  variables {
    escalate_to = ["Dora Boss <dora@example.com>", "ann@example.com"]
  }
  assert {
    condition = {
      for email, subscription in aws_sns_topic_subscription.approver :
      email => jsondecode(subscription.filter_policy)
      } == {
      "ann@example.com"  = { approver = ["ann@example.com"] }
      "ben@example.com"  = { approver = ["ben@example.com"] }
      "dora@example.com" = { approver = ["dora@example.com"] }
    }
    error_message = jsonencode(aws_sns_topic_subscription.approver)
  }
}

run "the_task_starts_the_workflow_and_waits" {
  command = plan

  assert {
    condition     = output.task.Resource == "arn:aws:states:::states:startExecution.sync:2"
    error_message = jsonencode(output.task)
  }
  assert {
    condition     = output.task.Arguments.StateMachineArn == "arn:aws:states:us-east-1:123456789012:stateMachine:refunds"
    error_message = jsonencode(output.task)
  }
}

run "the_key_is_made_by_the_function_for_each_version" {
  command = plan

  variables {
    link_key_version = 2
  }
  assert {
    condition = (
      aws_lambda_invocation.link_key.function_name == "refunds-notify"
      && jsondecode(aws_lambda_invocation.link_key.input) == { action = "make_key", version = 2 }
    )
    error_message = aws_lambda_invocation.link_key.input
  }
}

run "with_ses_nobody_is_subscribed" {
  command = plan

  variables {
    ses = {
      from         = "approvals@home <approvals@example.com>"
      identity_arn = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    }
  }
  assert {
    condition     = length(aws_sns_topic_subscription.approver) == 0
    error_message = "SNS would send the e-mails, too."
  }
  assert {
    condition = jsonencode(local.ses_statements) == jsonencode([{
      actions    = ["ses:SendEmail"]
      resources  = ["arn:aws:ses:us-east-1:123456789012:identity/example.com"]
      conditions = { StringEquals = { "ses:FromAddress" = ["approvals@example.com"] } }
    }])
    error_message = jsonencode(local.ses_statements)
  }
}

run "an_address_twice_is_refused" {
  command = plan

  variables {
    approvers = ["ann@example.com", "Ann <ANN@example.com>"]
  }
  expect_failures = [var.approvers]
}
