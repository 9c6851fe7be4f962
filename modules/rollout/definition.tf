# The rollout: take the lock, see what there is to do, shift, trim, release.
# The shifting is one Parallel state, so that whatever fails in it is caught in
# one place and the alias is put back.

locals {
  _machine_arn = join(":", slice(split(":", var.alias_arn), 0, 7))
  _alias_name  = split(":", var.alias_arn)[7]

  _definition = {
    Comment       = "Shifts an alias to a new version, and back where that fails"
    QueryLanguage = "JSONata"
    StartAt       = "Begin"
    States        = merge(local._lock_states, local._plan_states, local._end_states)
  }

  # Once more for everything but an answer that will be the same next time:
  # about five minutes of pauses.
  _retry = [
    {
      ErrorEquals = [
        "DynamoDb.ConditionalCheckFailedException",
        "Sfn.ExecutionDoesNotExistException",
      ]
      MaxAttempts = 0
    },
    {
      ErrorEquals     = ["States.TaskFailed"]
      IntervalSeconds = 1
      BackoffRate     = 2
      MaxAttempts     = 8
      MaxDelaySeconds = 60
      JitterStrategy  = "FULL"
    },
  ]
  # An alias, unlike a version just published, is there or is not.
  _retry_but_not_found = concat(
    [{ ErrorEquals = ["Sfn.ResourceNotFoundException"], MaxAttempts = 0 }],
    local._retry,
  )

  _sdk             = "arn:${data.aws_partition.this.partition}:states:::aws-sdk"
  _update_alias    = "${local._sdk}:sfn:updateStateMachineAlias"
  _holder_is_me    = { ":me" = { S = "{% $states.context.Execution.Id %}" } }
  _lock_not_mine   = "DynamoDb.ConditionalCheckFailedException"
  _someone_else    = "Another rollout of the alias ${local._alias_name} has just begun"
  _refused         = "Rollout.Refused"
  _rolled_back     = "Rollout.RolledBack"
  _not_rolled_back = "Rollout.NotRolledBack"
}
