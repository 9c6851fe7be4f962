# How a rollout ends: trimmed or put back, and in any case released.

locals {
  _end_states = {
    RollBack = {
      Type     = "Task"
      Resource = local._update_alias
      Arguments = {
        StateMachineAliasArn = var.alias_arn
        RoutingConfiguration = "{% $parse($before) %}"
      }
      Retry = local._retry
      Catch = [{
        ErrorEquals = ["States.ALL"]
        Assign = {
          failure = {
            error = local._not_rolled_back
            cause = "{% 'The alias ${local._alias_name} could not be put back to ' & $before & ': ' & $string($states.errorOutput.Cause) & ' Wanted: ' & $failure.cause %}"
          }
        }
        Next = "Release"
      }]
      Next = "Release"
    }

    # The newest are kept, whatever the alias did, and what it came from, so
    # that there is a way back.
    Trim = {
      Type           = "Map"
      Items          = "{% [$filter($reverse($sort($versions)), function($number, $index) { $index >= ${var.retain_versions} and $not($number in [$plan.to_number, $plan.from_number]) })] %}"
      MaxConcurrency = 5
      ItemProcessor = {
        StartAt = "DeleteVersion"
        States = {
          DeleteVersion = {
            Type      = "Task"
            Resource  = "${local._sdk}:sfn:deleteStateMachineVersion"
            Arguments = { StateMachineVersionArn = "{% '${local._machine_arn}:' & $string($states.input) %}" }
            Output    = "{% $states.input %}"
            Retry = concat(
              [{ ErrorEquals = ["Sfn.ConflictException"], MaxAttempts = 0 }],
              local._retry,
            )
            # Another alias points to it, or the next rollout will delete it.
            Catch = [{ ErrorEquals = ["States.ALL"], Output = null, Next = "Kept" }]
            End   = true
          }
          Kept = { Type = "Succeed" }
        }
      }
      Assign = {
        outcome = {
          status      = "succeeded"
          alias_arn   = var.alias_arn
          version_arn = "{% $plan.to %}"
          previous    = "{% $parse($before) %}"
          deleted     = "{% [$filter($states.result, function($number) { $number != null })] %}"
        }
      }
      Next = "Release"
    }

    Release = {
      Type     = "Task"
      Resource = "${local._sdk}:dynamodb:deleteItem"
      Arguments = {
        TableName                 = local._table_name
        Key                       = local._lock_key
        ConditionExpression       = "holder = :me"
        ExpressionAttributeValues = local._holder_is_me
      }
      Retry = local._retry
      # The next rollout sees that this one has ended, and takes the lock.
      Catch = [{ ErrorEquals = ["States.ALL"], Next = "HasItFailed" }]
      Next  = "HasItFailed"
    }

    HasItFailed = {
      Type    = "Choice"
      Choices = [{ Condition = "{% $failure.error != '' %}", Next = "Failed" }]
      Default = "Ended"
    }

    Failed = {
      Type  = "Fail"
      Error = "{% $failure.error %}"
      Cause = "{% $failure.cause %}"
    }

    Ended = {
      Type   = "Succeed"
      Output = "{% $outcome %}"
    }
  }
}
