# The approval's own life. The table is the truth: a decision is made there, with
# a condition, and the task token only wakes the workflow up to read it. So a
# decision between two waits, or a lost wake-up, is found by the next look.

locals {
  _update_item = "arn:${data.aws_partition.this.partition}:states:::aws-sdk:dynamodb:updateItem"

  _table_name = aws_dynamodb_table.requests.name
  _key        = { request_id = { S = "{% $request_id %}" } }
  _is_open    = "#status = :open"

  _result = "{% ${trimspace(file("${path.module}/jsonata/result.jsonata"))} %}"

  # What happens next, in milliseconds since 1970.
  _next_moment = "$min([${join(", ", compact([
    "$expires_at",
    var.remind_every == null ? "" : "$remind_at",
    length(var.escalate_to) == 0 ? "" : "$escalate_at",
  ]))}])"

  _patient_retry = [{
    ErrorEquals     = ["States.TaskFailed"]
    IntervalSeconds = 1
    BackoffRate     = 2
    MaxDelaySeconds = 60
    MaxAttempts     = 8
    JitterStrategy  = "FULL"
  }]
  _final_retry = concat(
    [{ ErrorEquals = [local._condition_failed], MaxAttempts = 0 }],
    local._patient_retry,
  )
  _condition_failed = "DynamoDb.ConditionalCheckFailedException"

  # The functions' errors by what they say, without Lambda's wrapping.
  _error = {
    error = "{% $states.errorOutput.Error in ['BadRequest', 'NotificationFailed'] ? 'LinkApproval.' & $states.errorOutput.Error : $states.errorOutput.Error %}"
    cause = "{% $substring($states.errorOutput.Cause, 0, 1) = '{' ? $parse($states.errorOutput.Cause).errorMessage : $states.errorOutput.Cause %}"
  }

  _workflow = {
    Comment       = "Asks people, and waits for what they decide"
    QueryLanguage = "JSONata"
    StartAt       = "Open"
    States = merge(
      {
        Open = {
          Type     = "Task"
          Resource = module.notify.task.Resource
          Arguments = {
            FunctionName = module.notify.task.Arguments.FunctionName
            Payload = {
              action        = "open"
              execution_arn = "{% $states.context.Execution.Id %}"
              # Not in the function's environment: it would wait for the other one.
              url               = module.decide.url
              request           = "{% $states.input %}"
              approvers         = local._approvers
              expires_in        = var.expires_in
              retention_in_days = var.retention_in_days
              settings = {
                choices = var.choices
                comment = var.comment
                quorum  = local._votes_needed
              }
            }
          }
          Assign = merge(
            {
              request_id = "{% $states.result.Payload.request_id %}"
              expires_at = "{% $states.result.Payload.expires_at * 1000 %}"
            },
            var.remind_every == null ? {} : {
              remind_at = "{% ($states.result.Payload.expires_at - ${var.expires_in} + ${var.remind_every}) * 1000 %}"
            },
            length(var.escalate_to) == 0 ? {} : {
              escalate_at = "{% ($states.result.Payload.expires_at - ${var.expires_in} + ${local._escalate_after}) * 1000 %}"
            },
          )
          TimeoutSeconds = module.notify.task.TimeoutSeconds
          Retry          = module.notify.task.Retry
          Catch          = [{ ErrorEquals = ["States.ALL"], Assign = local._error, Next = "Failed" }]
          Next           = "Wait"
        }

        # The call that stores the token is the call that waits, and it does not
        # begin to wait for what is decided already.
        Wait = {
          Type     = "Task"
          Resource = "${local._update_item}.waitForTaskToken"
          Arguments = {
            TableName                = local._table_name
            Key                      = local._key
            ConditionExpression      = local._is_open
            UpdateExpression         = "SET task_token = :token"
            ExpressionAttributeNames = { "#status" = "status" }
            ExpressionAttributeValues = {
              ":open"  = { S = "open" }
              ":token" = { S = "{% $states.context.Task.Token %}" }
            }
          }
          TimeoutSeconds = "{% $max([1, $ceil((${local._next_moment} - $millis()) / 1000)]) %}"
          # Only what the table answers is tried again, never the wait itself.
          Retry = [merge(local._patient_retry[0], {
            ErrorEquals = [
              "DynamoDb.InternalServerErrorException",
              "DynamoDb.ProvisionedThroughputExceededException",
              "DynamoDb.RequestLimitExceededException",
              "DynamoDb.SdkClientException",
              "DynamoDb.ThrottlingException",
            ]
          })]
          Catch = [
            { ErrorEquals = ["States.Timeout"], Next = "WhatIsDue" },
            { ErrorEquals = [local._condition_failed], Next = "Close" },
            { ErrorEquals = ["States.ALL"], Assign = local._error, Next = "MarkFailed" },
          ]
          Next = "Close"
        }

        WhatIsDue = {
          Type = "Choice"
          Choices = concat(
            [{ Condition = "{% $expires_at <= $millis() %}", Next = "Expire" }],
            length(var.escalate_to) == 0 ? [] : [{ Condition = "{% $escalate_at <= $millis() %}", Next = "Escalate" }],
            var.remind_every == null ? [] : [{ Condition = "{% $remind_at <= $millis() %}", Next = "Remind" }],
          )
          Default = "Wait"
        }

        # Reads what was decided, and lets the token go. Without a decision
        # somebody else has woken the workflow, or deleted the request.
        Close = {
          Type     = "Task"
          Resource = local._update_item
          Arguments = {
            TableName                 = local._table_name
            Key                       = local._key
            ConditionExpression       = "attribute_exists(decision)"
            UpdateExpression          = "SET told_at = if_not_exists(told_at, :now) REMOVE task_token"
            ExpressionAttributeValues = { ":now" = { S = "{% $now() %}" } }
            ReturnValues              = "ALL_NEW"
          }
          Output = local._result
          Retry  = local._final_retry
          Catch = [
            {
              ErrorEquals = [local._condition_failed]
              Assign = {
                error = "LinkApproval.NoDecision"
                cause = "The workflow was woken up, and its request has no decision: something else sent the task token, or the request was changed in the table."
              }
              Next = "MarkFailed"
            },
            { ErrorEquals = ["States.ALL"], Assign = local._error, Next = "MarkFailed" },
          ]
          End = true
        }

        Expire = merge(
          {
            Type     = "Task"
            Resource = local._update_item
            Arguments = {
              TableName                = local._table_name
              Key                      = local._key
              ConditionExpression      = local._is_open
              UpdateExpression         = "SET #status = :expired, decided_at = :now, audit = list_append(audit, :event) REMOVE task_token"
              ExpressionAttributeNames = { "#status" = "status" }
              ExpressionAttributeValues = {
                ":open"    = { S = "open" }
                ":expired" = { S = "expired" }
                ":now"     = { S = "{% $now() %}" }
                ":event" = { L = [{ M = {
                  at    = { S = "{% $now() %}" }
                  event = { S = "expired" }
                } }] }
              }
              ReturnValues = "ALL_NEW"
            }
            Retry = local._final_retry
            Catch = [
              { ErrorEquals = [local._condition_failed], Next = "Close" },
              { ErrorEquals = ["States.ALL"], Assign = local._error, Next = "MarkFailed" },
            ]
          },
          var.on_expiry == "RESULT" ? { Output = local._result, End = true } : null,
          var.on_expiry == "FAIL" ? { Next = "Expired" } : null,
        )

        MarkFailed = {
          Type     = "Task"
          Resource = local._update_item
          Arguments = {
            TableName                = local._table_name
            Key                      = local._key
            ConditionExpression      = local._is_open
            UpdateExpression         = "SET #status = :failed, audit = list_append(audit, :event) REMOVE task_token"
            ExpressionAttributeNames = { "#status" = "status" }
            ExpressionAttributeValues = {
              ":open"   = { S = "open" }
              ":failed" = { S = "failed" }
              ":event" = { L = [{ M = {
                at    = { S = "{% $now() %}" }
                event = { S = "failed" }
                error = { S = "{% $error %}" }
              } }] }
            }
          }
          Retry = local._final_retry
          Catch = [{ ErrorEquals = ["States.ALL"], Next = "Failed" }]
          Next  = "Failed"
        }

        Failed = {
          Type  = "Fail"
          Error = "{% $error %}"
          Cause = "{% $cause %}"
        }
      },
      var.on_expiry == "RESULT" ? {} : {
        Expired = {
          Type  = "Fail"
          Error = "LinkApproval.Expired"
          Cause = "Nobody decided within ${var.expires_in} seconds."
        }
      },
      # A reminder that could not be sent is in the audit trail; the links that
      # people have still work.
      var.remind_every == null ? {} : {
        Remind = {
          Type     = "Task"
          Resource = module.notify.task.Resource
          Arguments = {
            FunctionName = module.notify.task.Arguments.FunctionName
            Payload      = { action = "remind", request_id = "{% $request_id %}" }
          }
          Assign         = { remind_at = local._next_reminder }
          TimeoutSeconds = module.notify.task.TimeoutSeconds
          Retry          = module.notify.task.Retry
          Catch = [{
            ErrorEquals = ["States.ALL"]
            Assign      = { remind_at = local._next_reminder }
            Next        = "Wait"
          }]
          Next = "Wait"
        }
      },
      length(var.escalate_to) == 0 ? {} : {
        Escalate = {
          Type     = "Task"
          Resource = module.notify.task.Resource
          Arguments = {
            FunctionName = module.notify.task.Arguments.FunctionName
            Payload = {
              action     = "escalate"
              request_id = "{% $request_id %}"
              approvers  = local._escalation
            }
          }
          # Once: not again before the end.
          Assign         = { escalate_at = "{% $expires_at + 1 %}" }
          TimeoutSeconds = module.notify.task.TimeoutSeconds
          Retry          = module.notify.task.Retry
          Catch          = [{ ErrorEquals = ["States.ALL"], Assign = local._error, Next = "MarkFailed" }]
          Next           = "Wait"
        }
      },
    )
  }

  _next_reminder  = var.remind_every == null ? "" : "{% $millis() + ${var.remind_every * 1000} %}"
  _escalate_after = coalesce(var.escalate_after, ceil(var.expires_in / 2))
}
