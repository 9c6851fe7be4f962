# Who may shift: the states until the lock is held.

locals {
  _lock_states = {
    Begin = {
      Type = "Choice"
      Choices = [{
        # What EventBridge says of a rollout that was stopped.
        Condition = "{% $exists($states.input.detail.executionArn) %}"
        Assign = {
          undo    = true
          dead    = "{% $states.input.detail.executionArn %}"
          stopped = "{% $type($states.input.detail.cause) = 'string' ? $states.input.detail.cause : 'no reason given' %}"
          failure = { error = "", cause = "" }
        }
        Next = "Settle"
      }]
      Assign = {
        undo    = false
        failure = { error = "", cause = "" }
        problem = "{% ${trimspace(file("${path.module}/jsonata/problem_of_input.jsonata"))} %}"
      }
      Default = "IsGoodInput"
    }

    IsGoodInput = {
      Type = "Choice"
      Choices = [{
        Condition = "{% $problem = '' %}"
        Assign    = { requested = "{% $exists($states.input.version_arn) ? $states.input.version_arn : '' %}" }
        Next      = "TakeLock"
      }]
      Default = "Refuse"
    }

    TakeLock = {
      Type     = "Task"
      Resource = "${local._sdk}:dynamodb:updateItem"
      Arguments = {
        TableName                 = local._table_name
        Key                       = local._lock_key
        ConditionExpression       = "attribute_not_exists(holder) OR holder = :me"
        UpdateExpression          = "SET holder = :me, started_at = :now"
        ExpressionAttributeValues = merge(local._holder_is_me, { ":now" = { S = "{% $now() %}" } })
      }
      Retry = local._retry
      Catch = [{ ErrorEquals = [local._lock_not_mine], Next = "ReadLock" }]
      Next  = "ReadAlias"
    }

    # A call of the stopped rollout may still be on its way to the alias.
    Settle = {
      Type    = "Wait"
      Seconds = 2
      Next    = "ReadLock"
    }

    ReadLock = {
      Type     = "Task"
      Resource = "${local._sdk}:dynamodb:getItem"
      Arguments = {
        TableName      = local._table_name
        Key            = local._lock_key
        ConsistentRead = true
      }
      Assign = {
        holder = "{% $exists($states.result.Item.holder.S) ? $states.result.Item.holder.S : '' %}"
        before = "{% $exists($states.result.Item.before.S) ? $states.result.Item.before.S : '' %}"
      }
      Retry = local._retry
      Next  = "WhoseLock"
    }

    WhoseLock = {
      Type = "Choice"
      Choices = [
        { Condition = "{% $undo ? $holder != $dead : false %}", Next = "NothingToUndo" },
        { Condition = "{% $undo %}", Next = "TakeOver" },
        { Condition = "{% $holder = '' %}", Next = "TakeLock" },
      ]
      Default = "DescribeHolder"
    }

    NothingToUndo = {
      Type   = "Succeed"
      Output = { status = "unchanged", alias_arn = var.alias_arn }
    }

    DescribeHolder = {
      Type      = "Task"
      Resource  = "${local._sdk}:sfn:describeExecution"
      Arguments = { ExecutionArn = "{% $holder %}" }
      Assign = {
        problem = "{% $states.result.Status = 'RUNNING' ? 'The rollout ' & $holder & ' of the alias ${local._alias_name} is going on; wait for its end, or stop it' : '' %}"
      }
      Retry = local._retry
      # It ended more than 90 days ago.
      Catch = [{ ErrorEquals = ["Sfn.ExecutionDoesNotExistException"], Next = "TakeOver" }]
      Next  = "IsHolderAlive"
    }

    IsHolderAlive = {
      Type    = "Choice"
      Choices = [{ Condition = "{% $problem != '' %}", Next = "Refuse" }]
      Default = "TakeOver"
    }

    TakeOver = {
      Type     = "Task"
      Resource = "${local._sdk}:dynamodb:updateItem"
      Arguments = {
        TableName                 = local._table_name
        Key                       = local._lock_key
        ConditionExpression       = "holder = :dead OR holder = :me"
        UpdateExpression          = "SET holder = :me"
        ExpressionAttributeValues = merge(local._holder_is_me, { ":dead" = { S = "{% $holder %}" } })
      }
      Retry = local._retry
      Catch = [{
        ErrorEquals = [local._lock_not_mine]
        Assign      = { problem = local._someone_else }
        Next        = "Refuse"
      }]
      Next = "IsHalfDone"
    }

    IsHalfDone = {
      Type = "Choice"
      Choices = [
        {
          Condition = "{% $before != '' %}"
          Assign    = { because = "{% $undo ? 'it was stopped: ' & $stopped : 'it ended half done' %}" }
          Next      = "PutBack"
        },
        {
          Condition = "{% $undo %}"
          Assign    = { outcome = { status = "unchanged", alias_arn = var.alias_arn } }
          Next      = "Release"
        },
      ]
      Default = "ReadAlias"
    }

    # What a rollout left that could not do it itself.
    PutBack = {
      Type     = "Task"
      Resource = local._update_alias
      Arguments = {
        StateMachineAliasArn = var.alias_arn
        RoutingConfiguration = "{% $parse($before) %}"
      }
      Assign = {
        outcome = {
          status    = "rolled_back"
          alias_arn = var.alias_arn
          rollout   = "{% $holder %}"
          because   = "{% $because %}"
          routing   = "{% $parse($before) %}"
        }
      }
      Retry = local._retry
      Catch = [{
        ErrorEquals = ["States.ALL"]
        Assign = {
          failure = {
            error = local._not_rolled_back
            cause = "{% 'The alias ${local._alias_name} could not be put back to ' & $before & ' after the rollout ' & $holder & ': ' & $string($states.errorOutput.Cause) %}"
          }
        }
        Next = "Release"
      }]
      Next = "IsUndone"
    }

    IsUndone = {
      Type    = "Choice"
      Choices = [{ Condition = "{% $undo %}", Next = "Release" }]
      Default = "ReadAlias"
    }

    Refuse = {
      Type  = "Fail"
      Error = local._refused
      Cause = "{% $problem & '. Nothing was changed.' %}"
    }
  }
}
