# What there is to do, and the doing.

locals {
  # The states that look at the alarms; without alarms there are none.
  _next_look = length(var.alarm_names) > 0 ? "LookAtAlarms" : "WhatNext"

  _alarm_states = {
    LookAtAlarms = {
      Type     = "Task"
      Resource = "${local._sdk}:cloudwatch:describeAlarms"
      Arguments = {
        AlarmNames = var.alarm_names
        AlarmTypes = ["MetricAlarm", "CompositeAlarm"]
        MaxRecords = 100
      }
      Assign = {
        raised = "{% [$append($states.result.MetricAlarms, $states.result.CompositeAlarms)[StateValue = 'ALARM'].AlarmName] %}"
        absent = "{% ( $there := $append($states.result.MetricAlarms, $states.result.CompositeAlarms).AlarmName; [$filter($watched, function($name) { $not($name in $there) })] ) %}"
      }
      Retry = local._retry
      Next  = "IsQuiet"
    }

    IsQuiet = {
      Type = "Choice"
      Choices = [
        { Condition = "{% $count($raised) > 0 %}", Next = "AlarmRaised" },
        { Condition = "{% $count($absent) > 0 %}", Next = "AlarmMissing" },
      ]
      Default = "WhatNext"
    }

    AlarmRaised = {
      Type  = "Fail"
      Error = "Rollout.Alarm"
      Cause = "{% 'in ALARM: ' & $join($raised, ', ') %}"
    }

    AlarmMissing = {
      Type  = "Fail"
      Error = "Rollout.AlarmMissing"
      Cause = "{% 'there is no alarm ' & $join($absent, ', ') %}"
    }
  }

  _shift_states = {
    FirstStep = {
      Type   = "Pass"
      Assign = { step = 0, seconds_left = 0, watched = var.alarm_names }
      Next   = local._next_look
    }

    WhatNext = {
      Type = "Choice"
      Choices = [
        { Condition = "{% $seconds_left > 0 %}", Next = "Pause" },
        { Condition = "{% $step < $count($plan.steps) %}", Next = "ShiftAlias" },
      ]
      Default = "Shifted"
    }

    Pause = {
      Type    = "Wait"
      Seconds = "{% $min([$seconds_left, ${local._look_seconds}]) %}"
      Assign  = { seconds_left = "{% $seconds_left - $min([$seconds_left, ${local._look_seconds}]) %}" }
      Next    = local._next_look
    }

    ShiftAlias = {
      Type     = "Task"
      Resource = local._update_alias
      Arguments = {
        StateMachineAliasArn = var.alias_arn
        RoutingConfiguration = "{% ( $weight := $plan.steps[$step].weight; $weight = 100 ? [{'StateMachineVersionArn': $plan.to, 'Weight': 100}] : [{'StateMachineVersionArn': $plan.to, 'Weight': $weight}, {'StateMachineVersionArn': $plan.from, 'Weight': 100 - $weight}] ) %}"
      }
      Assign = {
        step         = "{% $step + 1 %}"
        seconds_left = "{% $plan.steps[$step].seconds %}"
      }
      Retry = local._retry
      Next  = local._next_look
    }

    Shifted = { Type = "Succeed" }
  }

  _plan_states = {
    ReadAlias = {
      Type      = "Task"
      Resource  = "${local._sdk}:sfn:describeStateMachineAlias"
      Arguments = { StateMachineAliasArn = var.alias_arn }
      Assign = {
        before   = "{% $string([$states.result.RoutingConfiguration]) %}"
        versions = []
      }
      Retry = local._retry_but_not_found
      Catch = [{
        ErrorEquals = ["States.ALL"]
        Assign = {
          failure = {
            error = local._refused
            cause = "{% 'The alias ${local._alias_name} of ${local._machine_arn} cannot be read: ' & $string($states.errorOutput.Cause) & ' Nothing was changed.' %}"
          }
        }
        Next = "Release"
      }]
      Next = "ReadVersions"
    }

    ReadVersions = local._read_versions
    ReadMoreVersions = merge(local._read_versions, {
      Arguments = merge(local._read_versions.Arguments, { NextToken = "{% $next_token %}" })
    })

    AreThereMore = {
      Type    = "Choice"
      Choices = [{ Condition = "{% $next_token != '' %}", Next = "ReadMoreVersions" }]
      Default = "Plan"
    }

    Plan = {
      Type   = "Pass"
      Assign = { plan = "{% ${local._plan} %}" }
      Output = "{% ${local._plan} %}"
      Next   = "IsThereSomethingToDo"
    }

    IsThereSomethingToDo = {
      Type = "Choice"
      Choices = [
        {
          Condition = "{% $plan.problem != '' %}"
          Assign    = { failure = { error = local._refused, cause = "{% $plan.problem & '. Nothing was changed.' %}" } }
          Next      = "Release"
        },
        {
          Condition = "{% $count($plan.steps) = 0 %}"
          Assign = {
            outcome = { status = "unchanged", alias_arn = var.alias_arn, version_arn = "{% $plan.to %}" }
          }
          Next = "Release"
        },
      ]
      Default = "RememberBefore"
    }

    # For whoever has to put it back should this execution be stopped.
    RememberBefore = {
      Type     = "Task"
      Resource = "${local._sdk}:dynamodb:updateItem"
      Arguments = {
        TableName                = local._table_name
        Key                      = local._lock_key
        ConditionExpression      = "holder = :me"
        UpdateExpression         = "SET #before = :before, version_arn = :version_arn"
        ExpressionAttributeNames = { "#before" = "before" }
        ExpressionAttributeValues = merge(local._holder_is_me, {
          ":before"      = { S = "{% $before %}" }
          ":version_arn" = { S = "{% $plan.to %}" }
        })
      }
      Retry = local._retry
      Catch = [{
        ErrorEquals = [local._lock_not_mine]
        Assign      = { problem = local._someone_else }
        Next        = "Refuse"
      }]
      Next = "Shift"
    }

    Shift = {
      Type = "Parallel"
      Branches = [{
        StartAt = "FirstStep"
        States = merge(
          local._shift_states,
          { for name, state in local._alarm_states : name => state if length(var.alarm_names) > 0 },
        )
      }]
      Catch = [
        # The one that States.ALL leaves out and that can be caught.
        for errors in [["States.DataLimitExceeded"], ["States.ALL"]] : {
          ErrorEquals = errors
          Assign = {
            failure = {
              error = local._rolled_back
              cause = "{% 'The alias ${local._alias_name} is back at ' & $before & ', because of ' & $states.errorOutput.Error & ': ' & $string($states.errorOutput.Cause) %}"
            }
          }
          Next = "RollBack"
        }
      ]
      Next = "Trim"
    }
  }

  _read_versions = {
    Type      = "Task"
    Resource  = "${local._sdk}:sfn:listStateMachineVersions"
    Arguments = { StateMachineArn = local._machine_arn, MaxResults = 500 }
    Assign = {
      versions   = "{% [$append($versions, $states.result.StateMachineVersions.$number($split(StateMachineVersionArn, ':')[7]))] %}"
      next_token = "{% $exists($states.result.NextToken) ? $states.result.NextToken : '' %}"
    }
    Retry = local._retry
    Catch = [{
      ErrorEquals = ["States.ALL"]
      Assign = {
        failure = {
          error = local._refused
          cause = "{% 'The versions of ${local._machine_arn} cannot be read: ' & $string($states.errorOutput.Cause) & ' Nothing was changed.' %}"
        }
      }
      Next = "Release"
    }]
    Next = "AreThereMore"
  }

  _plan = trimspace(templatefile("${path.module}/jsonata/plan.jsonata", {
    alias_name  = local._alias_name
    machine_arn = local._machine_arn
    steps       = jsonencode(local._steps)
  }))
}
