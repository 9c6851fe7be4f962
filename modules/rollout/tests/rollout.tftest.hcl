# The steps of each strategy, and what is refused before anything is created.

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
  name      = "rollout-orders"
  alias_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:orders:live"
  strategy  = { canary = { percent = 10, wait_seconds = 600 } }
}

run "a_canary_has_two_steps" {
  command = plan
  assert {
    condition     = jsonencode(local.steps) == jsonencode([{ weight = 10, seconds = 600 }, { weight = 100, seconds = 0 }])
    error_message = jsonencode(local.steps)
  }
}

run "linear_steps_end_at_100" {
  command = plan
  variables {
    strategy      = { linear = { percent = 30, interval_seconds = 60 } }
    alarm_names   = ["errors"]
    watch_seconds = 300
  }
  assert {
    condition     = jsonencode(local.steps[*].weight) == jsonencode([30, 60, 90, 100])
    error_message = jsonencode(local.steps)
  }
  assert {
    condition     = jsonencode(local.steps[*].seconds) == jsonencode([60, 60, 60, 300])
    error_message = jsonencode(local.steps)
  }
}

run "linear_steps_that_meet_100_are_not_one_too_many" {
  command = plan
  variables {
    strategy = { linear = { percent = 25, interval_seconds = 60 } }
  }
  assert {
    condition     = jsonencode(local.steps[*].weight) == jsonencode([25, 50, 75, 100])
    error_message = jsonencode(local.steps)
  }
}

run "all_at_once_is_one_step" {
  command = plan
  variables {
    strategy = { all_at_once = {} }
  }
  assert {
    condition     = jsonencode(local.steps) == jsonencode([{ weight = 100, seconds = 0 }])
    error_message = jsonencode(local.steps)
  }
}

run "a_long_rollout_looks_seldom_enough_for_its_history" {
  command = plan
  variables {
    strategy    = { linear = { percent = 10, interval_seconds = 604800 } }
    alarm_names = ["errors"]
  }
  assert {
    condition     = 9 * 604800 / local.alarm_interval_seconds <= 1000
    error_message = "${local.alarm_interval_seconds} s between looks"
  }
}

run "without_alarms_none_are_read" {
  command = plan
  assert {
    condition     = !strcontains(output.execution_policy, "cloudwatch:")
    error_message = output.execution_policy
  }
}

run "its_permissions_name_the_one_machine" {
  command = plan
  variables {
    alarm_names = ["errors"]
  }
  assert {
    condition = alltrue([
      for statement in jsondecode(output.execution_policy).Statement : !contains(statement.Resource, "*")
    ])
    error_message = output.execution_policy
  }
  assert {
    condition = jsonencode(flatten([
      for statement in jsondecode(output.execution_policy).Statement : statement.Resource
      if contains(statement.Action, "states:UpdateStateMachineAlias")
    ])) == jsonencode(["arn:aws:states:us-east-1:123456789012:stateMachine:orders"])
    error_message = output.execution_policy
  }
}

run "an_arn_of_a_machine_is_no_alias" {
  command         = plan
  expect_failures = [var.alias_arn]
  variables {
    alias_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:orders"
  }
}

run "an_arn_of_a_version_is_no_alias" {
  command         = plan
  expect_failures = [var.alias_arn]
  variables {
    alias_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:orders:12"
  }
}

run "two_strategies_are_refused" {
  command         = plan
  expect_failures = [var.strategy]
  variables {
    strategy = { all_at_once = {}, canary = { percent = 10, wait_seconds = 600 } }
  }
}

run "no_strategy_is_refused" {
  command         = plan
  expect_failures = [var.strategy]
  variables {
    strategy = {}
  }
}

run "a_percentage_of_100_is_refused" {
  command         = plan
  expect_failures = [var.strategy]
  variables {
    strategy = { canary = { percent = 100, wait_seconds = 600 } }
  }
}

run "half_a_percent_is_refused" {
  command         = plan
  expect_failures = [var.strategy]
  variables {
    strategy = { linear = { percent = 0.5, interval_seconds = 600 } }
  }
}

run "a_wait_of_no_time_is_refused" {
  command         = plan
  expect_failures = [var.strategy]
  variables {
    strategy = { canary = { percent = 10, wait_seconds = 0 } }
  }
}

run "alarms_that_would_see_nothing_are_refused" {
  command         = plan
  expect_failures = [var.alarm_names]
  variables {
    strategy    = { all_at_once = {} }
    alarm_names = ["errors"]
  }
}

run "a_watch_without_alarms_is_refused" {
  command         = plan
  expect_failures = [var.alarm_names]
  variables {
    watch_seconds = 60
  }
}

run "keeping_no_version_is_refused" {
  command         = plan
  expect_failures = [var.retain_versions]
  variables {
    retain_versions = 0
  }
}

run "a_name_with_a_space_is_refused" {
  command         = plan
  expect_failures = [var.name]
  variables {
    name = "my rollout"
  }
}
