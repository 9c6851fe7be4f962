# Plans of the module for each kind of setting.

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
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/orders" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:orders" }
  }
  mock_resource "aws_sfn_state_machine" {
    defaults = { state_machine_version_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:orders:2" }
  }
}

variables {
  name       = "orders"
  definition = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::sns:publish\",\"Parameters\":{\"TopicArn\":\"arn:aws:sns:us-east-1:123456789012:news\"},\"End\":true}}}"
}

run "by_default_failures_are_logged_without_data_and_nothing_is_traced" {
  command = plan

  assert {
    condition     = aws_cloudwatch_log_group.this[0].name == "/aws/vendedlogs/states/orders"
    error_message = aws_cloudwatch_log_group.this[0].name
  }
  assert {
    condition     = aws_cloudwatch_log_group.this[0].retention_in_days == 30
    error_message = "Logs are kept for 30 days."
  }
  assert {
    condition     = aws_sfn_state_machine.this.logging_configuration[0].level == "ERROR" && !aws_sfn_state_machine.this.logging_configuration[0].include_execution_data
    error_message = "The level is ERROR, without execution data."
  }
  assert {
    condition     = !aws_sfn_state_machine.this.tracing_configuration[0].enabled && length(aws_sfn_state_machine.this.encryption_configuration) == 0
    error_message = "Tracing and encryption with a key are off."
  }
  assert {
    condition     = aws_sfn_state_machine.this.publish == false && length(aws_sfn_alias.this) == 0 && length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Without alias and alarms there are none."
  }
}

run "the_derived_policy_is_known_at_plan" {
  command = plan

  assert {
    condition = jsondecode(output.execution_policy) == {
      Version = "2012-10-17"
      Statement = [{
        Effect   = "Allow"
        Action   = ["sns:Publish"]
        Resource = ["arn:aws:sns:us-east-1:123456789012:news"]
      }]
    }
    error_message = output.execution_policy
  }
  assert {
    condition     = strcontains(aws_iam_role_policy.execution[0].policy, "logs:CreateLogDelivery") && !strcontains(aws_iam_role_policy.execution[0].policy, "xray:") && !strcontains(aws_iam_role_policy.execution[0].policy, "kms:")
    error_message = "Only what is on needs permissions."
  }
}

run "only_this_machine_can_assume_the_role" {
  command = plan

  assert {
    condition = jsondecode(aws_iam_role.this[0].assume_role_policy).Statement == [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = "123456789012" }
        ArnLike      = { "aws:SourceArn" = "arn:aws:states:us-east-1:123456789012:stateMachine:orders" }
      }
    }]
    error_message = aws_iam_role.this[0].assume_role_policy
  }
}

run "a_long_name_leaves_the_role_s_name_within_64_characters" {
  command = plan
  variables {
    name = "a2345678901234567890123456789012345678901234567890123456789012345678901234567890"
  }
  assert {
    condition     = length(aws_iam_role.this[0].name) == 64
    error_message = aws_iam_role.this[0].name
  }
}

run "everything_off_asks_for_nothing" {
  command = plan
  variables {
    definition = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"End\":true}}}"
    logging    = { level = "OFF" }
  }
  assert {
    condition     = length(aws_cloudwatch_log_group.this) == 0 && length(aws_sfn_state_machine.this.logging_configuration) == 0 && output.log_group_name == null
    error_message = "Logging is off."
  }
  assert {
    condition     = [for statement in jsondecode(aws_iam_role_policy.execution[0].policy).Statement : statement.Effect] == ["Deny"]
    error_message = aws_iam_role_policy.execution[0].policy
  }
}

run "everything_on_is_permitted" {
  command = plan
  variables {
    tracing     = true
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/1"
    logging     = { level = "ALL", include_execution_data = true, retention_in_days = 7, kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/2" }
    permissions = {
      boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
      statements = [{
        actions    = ["s3:GetObject"]
        resources  = ["arn:aws:s3:::media/*"]
        conditions = { StringEquals = { "aws:ResourceAccount" = ["123456789012"] } }
      }]
    }
  }
  assert {
    condition = alltrue([
      for text in ["xray:PutTraceSegments", "kms:GenerateDataKey", "kms:EncryptionContext:aws:states:stateMachineArn", "s3:GetObject", "aws:ResourceAccount"] :
      strcontains(aws_iam_role_policy.execution[0].policy, text)
    ])
    error_message = aws_iam_role_policy.execution[0].policy
  }
  assert {
    condition     = !strcontains(output.execution_policy, "s3:GetObject")
    error_message = "execution_policy is what is derived, and no more."
  }
  assert {
    condition     = aws_sfn_state_machine.this.tracing_configuration[0].enabled && aws_sfn_state_machine.this.encryption_configuration[0].kms_key_id == "arn:aws:kms:us-east-1:123456789012:key/1"
    error_message = "Tracing and encryption are on."
  }
  assert {
    condition     = aws_iam_role.this[0].permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "The role has its boundary."
  }
}

run "a_role_of_ones_own_turns_the_derivation_off" {
  command = plan
  variables {
    # Its target would have to be named otherwise.
    definition  = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::sns:publish\",\"Parameters\":{\"TopicArn.$\":\"$.topic\"},\"End\":true}}}"
    permissions = { role_arn = "arn:aws:iam::123456789012:role/team/mine" }
  }
  assert {
    condition     = length(aws_iam_role.this) == 0 && length(aws_iam_role_policy.execution) == 0 && output.execution_policy == null
    error_message = "No role and no policy are made."
  }
  assert {
    condition     = aws_sfn_state_machine.this.role_arn == "arn:aws:iam::123456789012:role/team/mine" && output.role_name == "mine"
    error_message = "The machine has that role."
  }
}

run "alarms_tell_the_given_actions" {
  command = plan
  variables {
    alarms = { actions = ["arn:aws:sns:us-east-1:123456789012:alarms"], failed = 3, aborted = 0 }
  }
  assert {
    condition     = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => [alarm.metric_name, tostring(alarm.threshold)] } == { failed = ["ExecutionsFailed", "3"], timed_out = ["ExecutionsTimedOut", "1"], throttled = ["ExecutionThrottled", "1"] }
    error_message = "Three alarms, none on aborted executions."
  }
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(["arn:aws:sns:us-east-1:123456789012:alarms"]) && alarm.ok_actions == alarm.alarm_actions && alarm.treat_missing_data == "notBreaching"])
    error_message = "Each tells the topic, and silence is no failure."
  }
}

run "an_alias_sends_everything_to_the_newest_version" {
  command = plan
  variables {
    alias = { name = "live" }
  }
  assert {
    condition     = aws_sfn_state_machine.this.publish && [for route in aws_sfn_alias.this[0].routing_configuration : route.weight] == [100]
    error_message = "One route of 100 %."
  }
}

run "a_canary_shares_with_the_stable_version" {
  command = apply
  variables {
    alias = { name = "live", canary_weight = 25, stable_version_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:orders:1" }
    # The role is new here, and remembers no version.
    permissions = { retained_definitions = { "1" = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\",\"End\":true}}}" } }
  }
  assert {
    condition     = [for route in aws_sfn_alias.this[0].routing_configuration : route.weight] == [75, 25] && aws_sfn_alias.this[0].routing_configuration[0].state_machine_version_arn == "arn:aws:states:us-east-1:123456789012:stateMachine:orders:1"
    error_message = "The stable version keeps 75 %."
  }
}

run "a_stable_version_that_is_the_newest_gets_all" {
  command = apply
  variables {
    alias = { name = "live", canary_weight = 25, stable_version_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:orders:2" }
  }
  assert {
    condition     = [for route in aws_sfn_alias.this[0].routing_configuration : route.weight] == [100]
    error_message = "AWS takes a version once."
  }
}
