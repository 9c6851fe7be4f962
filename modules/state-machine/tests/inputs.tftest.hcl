# Bad input is an error at plan, and none of it reaches AWS.

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

run "a_name_with_a_space_is_refused" {
  command         = plan
  expect_failures = [var.name]
  variables {
    name = "my orders"
  }
}

run "a_name_of_81_characters_is_refused" {
  command         = plan
  expect_failures = [var.name]
  variables {
    name = "a23456789012345678901234567890123456789012345678901234567890123456789012345678901"
  }
}

run "an_unknown_type_is_refused" {
  command         = plan
  expect_failures = [var.type]
  variables {
    type = "Express"
  }
}

run "a_definition_that_is_no_json_is_refused" {
  command         = plan
  expect_failures = [terraform_data.definition]
  variables {
    definition = "StartAt: A"
  }
}

run "a_state_that_goes_nowhere_is_refused" {
  command         = plan
  expect_failures = [terraform_data.definition]
  variables {
    definition = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"Next\":\"B\"}}}"
  }
}

run "a_bad_definition_is_refused_with_a_role_of_ones_own_too" {
  command         = plan
  expect_failures = [terraform_data.definition]
  variables {
    definition  = "{\"StartAt\":\"B\",\"States\":{\"A\":{\"Type\":\"Pass\",\"End\":true}}}"
    permissions = { role_arn = "arn:aws:iam::123456789012:role/mine" }
  }
}

run "a_target_that_only_a_run_knows_is_asked_for" {
  command         = plan
  expect_failures = [terraform_data.definition]
  variables {
    definition = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::sns:publish\",\"Parameters\":{\"TopicArn.$\":\"$.topic\"},\"End\":true}}}"
  }
}

run "a_policy_past_the_limit_of_iam_is_refused" {
  command         = plan
  expect_failures = [terraform_data.definition]
  variables {
    definition = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::sns:publish\",\"Parameters\":{\"TopicArn.$\":\"$.topic\"},\"End\":true}}}"
    permissions = {
      targets = { "sns:Publish" = [for number in range(120) : "arn:aws:sns:us-east-1:123456789012:topic-${number}"] }
    }
  }
}

run "an_alias_that_is_a_number_is_refused" {
  command         = plan
  expect_failures = [var.alias]
  variables {
    alias = { name = "12" }
  }
}

run "an_alias_with_a_space_is_refused" {
  command         = plan
  expect_failures = [var.alias]
  variables {
    alias = { name = "my alias" }
  }
}

run "a_weight_above_100_is_refused" {
  command         = plan
  expect_failures = [var.alias]
  variables {
    alias = { name = "live", canary_weight = 101, stable_version_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:orders:1" }
  }
}

run "a_weight_without_a_stable_version_is_refused" {
  command         = plan
  expect_failures = [var.alias]
  variables {
    alias = { name = "live", canary_weight = 25 }
  }
}

run "a_stable_version_without_its_number_is_refused" {
  command         = plan
  expect_failures = [var.alias]
  variables {
    alias = { name = "live", canary_weight = 25, stable_version_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:orders" }
  }
}

run "an_alias_as_a_stable_version_is_refused" {
  command         = plan
  expect_failures = [var.alias]
  variables {
    alias = { name = "live", canary_weight = 25, stable_version_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:orders:live" }
  }
}

run "a_stable_version_of_another_machine_is_refused" {
  command         = plan
  expect_failures = [var.alias]
  variables {
    alias = { name = "live", canary_weight = 25, stable_version_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:orders-2:1" }
  }
}

run "a_stable_version_of_another_region_is_refused" {
  command         = plan
  expect_failures = [var.alias]
  variables {
    alias = { name = "live", canary_weight = 25, stable_version_arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:orders:1" }
  }
}

run "an_unknown_log_level_is_refused" {
  command         = plan
  expect_failures = [var.logging]
  variables {
    logging = { level = "DEBUG" }
  }
}

run "a_retention_that_cloudwatch_lacks_is_refused" {
  command         = plan
  expect_failures = [var.logging]
  variables {
    logging = { retention_in_days = 10 }
  }
}

run "a_target_that_is_no_action_is_refused" {
  command         = plan
  expect_failures = [var.permissions]
  variables {
    permissions = { targets = { "sns" = ["arn:aws:sns:us-east-1:123456789012:topic"] } }
  }
}

run "a_target_without_arns_is_refused" {
  command         = plan
  expect_failures = [var.permissions]
  variables {
    permissions = { targets = { "sns:Publish" = [] } }
  }
}

run "an_alarm_below_zero_is_refused" {
  command         = plan
  expect_failures = [var.alarms]
  variables {
    alarms = { failed = -1 }
  }
}

run "an_alarm_period_of_45_seconds_is_refused" {
  command         = plan
  expect_failures = [var.alarms]
  variables {
    alarms = { period_seconds = 45 }
  }
}

run "a_policy_that_just_fits_is_taken" {
  command = plan
  variables {
    logging     = { level = "OFF" }
    permissions = { statements = [{ actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/${format("%04950d", 0)}"] }] }
  }

  assert {
    condition     = length(aws_iam_role_policy.execution[0].policy) == 5064
    error_message = "It has ${length(aws_iam_role_policy.execution[0].policy)} characters."
  }
}

run "a_policy_without_room_for_the_numbers_of_versions_is_refused_before_anything_changes" {
  command         = plan
  expect_failures = [terraform_data.definition]
  variables {
    alias       = { name = "live" }
    logging     = { level = "OFF" }
    permissions = { statements = [{ actions = ["s3:GetObject"], resources = ["arn:aws:s3:::b/${format("%04950d", 0)}"] }] }
  }
}
