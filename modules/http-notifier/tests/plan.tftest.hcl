# What the module plans, by its settings.

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
  name           = "notes"
  connection_arn = "arn:aws:events:us-east-1:123456789012:connection/notes/11111111-2222-3333-4444-555555555555"
  endpoint       = "https://api.example.com/teams/{team}/notes/{note}"
}

run "the_role_may_call_one_endpoint_by_one_method_with_one_secret" {
  command = plan

  variables {
    method        = "PUT"
    fields        = { team = "R&D/Paris" }
    state_machine = {}
  }
  assert {
    condition = jsondecode(output.execution_policy).Statement == [
      {
        Effect   = "Allow"
        Action   = ["events:RetrieveConnectionCredentials"]
        Resource = ["arn:aws:events:us-east-1:123456789012:connection/notes/11111111-2222-3333-4444-555555555555"]
      },
      {
        Effect   = "Allow"
        Action   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
        Resource = ["arn:aws:secretsmanager:us-east-1:123456789012:secret:events!connection/notes/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["states:InvokeHTTPEndpoint"]
        Resource = ["arn:aws:states:us-east-1:123456789012:stateMachine:notes"]
        Condition = {
          StringEquals = { "states:HTTPMethod" = "PUT" }
          StringLike   = { "states:HTTPEndpoint" = ["https://api.example.com/teams/R%26D%2FParis/notes/*"] }
        }
      },
    ]
    error_message = output.execution_policy
  }
}

run "constants_make_a_constant_url" {
  command = plan

  variables {
    fields = { team = "R&D", note = "7 a" }
  }
  assert {
    condition     = output.task.Arguments.ApiEndpoint == "https://api.example.com/teams/R%26D/notes/7%20a"
    error_message = output.task.Arguments.ApiEndpoint
  }
}

run "a_get_sends_no_body" {
  command = plan

  variables {
    method = "GET"
    query  = { page = "{% $string($states.input.page) %}" }
  }
  assert {
    condition     = !can(output.task.Arguments.RequestBody) && output.task.Arguments.QueryParameters.page == "{% ($string($states.input.page)) %}"
    error_message = jsonencode(output.task)
  }
}

run "a_header_of_ones_own_replaces_the_presets_whatever_its_case" {
  command = plan

  variables {
    preset   = "github-issue"
    endpoint = null
    headers  = { "x-github-api-version" = "2026-03-10" }
  }
  assert {
    condition     = output.task.Arguments.Headers == { Accept = "application/vnd.github+json", "x-github-api-version" = "2026-03-10" }
    error_message = jsonencode(output.task.Arguments.Headers)
  }
}

run "nothing_is_tried_again_where_that_is_said" {
  command = plan

  variables {
    retry = {
      throttled    = { max_attempts = 0 }
      server_error = { max_attempts = 0 }
      unreachable  = { max_attempts = 0 }
      unauthorized = { max_attempts = 0 }
    }
  }
  assert {
    condition     = !can(output.task.Retry)
    error_message = jsonencode(output.task)
  }
}

run "tries_are_spread_and_capped" {
  command = plan

  assert {
    condition = alltrue([
      for retrier in output.task.Retry :
      retrier.JitterStrategy == "FULL" && retrier.MaxDelaySeconds > retrier.IntervalSeconds && retrier.BackoffRate == 2
    ])
    error_message = jsonencode(output.task.Retry)
  }
  assert {
    condition = length(setintersection(flatten(output.task.Retry[*].ErrorEquals), [
      "States.Http.StatusCode.400", "States.Http.StatusCode.403", "States.Http.StatusCode.404", "States.ALL", "States.TaskFailed",
    ])) == 0
    error_message = "What would fail again is tried again: ${jsonencode(output.task.Retry)}"
  }
}

run "a_secret_url_is_in_no_definition" {
  command = plan

  variables {
    preset              = "slack-webhook"
    endpoint            = null
    endpoint_secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:url-AbCdEf"
    state_machine       = {}
  }
  assert {
    condition     = output.task.Branches[0].States["notes: send"].Arguments.ApiEndpoint == "{% 'https://hooks.slack.com/services/' & $substringAfter($notifier_url, 'https://hooks.slack.com/services/') %}"
    error_message = jsonencode(output.task)
  }
  assert {
    condition = contains([
      for statement in jsondecode(output.execution_policy).Statement : try(statement.Condition.StringLike["states:HTTPEndpoint"], null)
    ], ["https://hooks.slack.com/services/*"])
    error_message = output.execution_policy
  }
}

run "silence_is_an_alarm" {
  command = plan

  variables {
    state_machine = { heartbeat = { hours = 24, actions = ["arn:aws:sns:us-east-1:123456789012:on-call"] } }
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.heartbeat[0].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.heartbeat[0].evaluation_periods * aws_cloudwatch_metric_alarm.heartbeat[0].period == 24 * 3600
    error_message = "No execution in 24 hours sets it off."
  }
}

run "without_a_state_machine_nothing_is_made" {
  command = plan

  assert {
    condition     = output.start_arn == null && output.state_machine_arn == null && output.execution_policy == null && output.heartbeat_alarm_name == null
    error_message = "There is only the task."
  }
}
