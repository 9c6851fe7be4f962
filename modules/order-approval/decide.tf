# POST /orders/{order_id}/decision: claims the order with a condition, so that
# one decision wins however many arrive together, then tells the workflow.

locals {
  _decide_timeout = 25

  _decide = {
    Comment        = "POST /orders/{order_id}/decision"
    QueryLanguage  = "JSONata"
    StartAt        = "Check"
    TimeoutSeconds = local._decide_timeout
    States = {
      Check = {
        Type = "Pass"
        Assign = {
          problems   = "{% (${local._checks} ${trimspace(file("${path.module}/jsonata/problems_of_decision.jsonata"))}) %}"
          request_id = "{% $states.input.request_id %}"
          order      = { order_id = "{% $states.input.path_parameters.order_id %}" }
        }
        Next = "IsGood"
      }

      IsGood = {
        Type = "Choice"
        Choices = [
          # What cannot be the id of an order is not asked of the table.
          { Condition = "{% $not($contains($order.order_id, /^[A-Za-z0-9_-]{1,80}(?![\\s\\S])/)) %}", Next = "NotFound" },
          { Condition = "{% $count($problems) = 0 %}", Next = "Read" },
        ]
        Default = "Refuse"
      }

      Refuse = {
        Type = "Pass"
        Output = {
          statusCode = 400
          body       = "{% $string({'error': 'bad_request', 'message': $join($problems, '; '), 'request_id': $request_id}) %}"
        }
        End = true
      }

      Read = {
        Type = "Pass"
        Assign = {
          claim = {
            id         = "{% $uuid() %}"
            status     = "{% $states.input.body.decision = 'reject' ? 'rejected' : 'processing' %}"
            decision   = "{% $states.input.body.decision %}"
            decided_by = "{% $states.input.caller.arn != '' ? $states.input.caller.arn : 'anonymous' %}"
            decided_at = "{% $now() %}"
            reason     = "{% $exists($states.input.body.reason) ? $states.input.body.reason : '' %}"
          }
        }
        Next = "Claim"
      }

      # The token stays with the order until the workflow has gone on: should
      # this execution die before it tells, the next decision tells for it.
      Claim = {
        Type     = "Task"
        Resource = local._update_item
        Arguments = {
          TableName           = local._table_name
          Key                 = local._key_of_order
          ConditionExpression = "#status = :pending"
          UpdateExpression    = "SET #status = :status, decision = :decision, decision_id = :id"
          ReturnValues        = "ALL_NEW"
          ExpressionAttributeNames = {
            "#status" = "status"
          }
          ExpressionAttributeValues = {
            ":pending" = { S = "pending_approval" }
            ":status"  = { S = "{% $claim.status %}" }
            ":id"      = { S = "{% $claim.id %}" }
            ":decision" = {
              M = {
                decision   = { S = "{% $claim.decision %}" }
                decided_by = { S = "{% $claim.decided_by %}" }
                decided_at = { S = "{% $claim.decided_at %}" }
                reason     = { S = "{% $claim.reason %}" }
              }
            }
          }
        }
        Assign = {
          token     = "{% $states.result.Attributes.task_token.S %}"
          decide_by = "{% $states.result.Attributes.decide_by.S %}"
        }
        Retry = local._retry
        Catch = concat(
          [{ ErrorEquals = ["DynamoDb.ConditionalCheckFailedException"], Next = "LookUp" }],
          local._give_up,
        )
        Next = "Tell"
      }

      Tell = {
        Type     = "Task"
        Resource = local._send_task_success
        Arguments = {
          TaskToken = "{% $token %}"
          Output    = "{% $string({'decision': $claim.decision, 'decided_by': $claim.decided_by, 'decided_at': $claim.decided_at, 'reason': $claim.reason}) %}"
        }
        Retry = local._retry
        Catch = [
          {
            ErrorEquals = [
              "Sfn.InvalidTokenException",
              "Sfn.TaskDoesNotExistException",
              "Sfn.TaskTimedOutException",
            ]
            Next = "Settle"
          },
          { ErrorEquals = ["States.ALL"], Next = "GiveBack" },
        ]
        Next = "Decided"
      }

      Decided = {
        Type = "Pass"
        Output = {
          statusCode = 200
          body       = "{% $string({'order_id': $order.order_id, 'status': $claim.status, 'decision': $claim.decision, 'decided_at': $claim.decided_at}) %}"
        }
        End = true
      }

      # The workflow no longer waits. It may be writing its own last word, which
      # counts.
      Settle = {
        Type    = "Wait"
        Seconds = 1
        Next    = "MarkTooLate"
      }

      # Its time was up, or someone stopped it.
      MarkTooLate = {
        Type     = "Task"
        Resource = local._update_item
        Arguments = {
          TableName           = local._table_name
          Key                 = local._key_of_order
          ConditionExpression = "decision_id = :id"
          UpdateExpression    = "SET #status = :status, #error = :error REMOVE decision, decision_id, task_token"
          ExpressionAttributeNames = {
            "#error"  = "error"
            "#status" = "status"
          }
          ExpressionAttributeValues = {
            ":id"     = { S = "{% $claim.id %}" }
            ":status" = { S = "{% $toMillis($decide_by) <= $millis() ? 'timed_out' : 'failed' %}" }
            ":error"  = { S = "{% $toMillis($decide_by) <= $millis() ? 'States.Timeout' : 'ExecutionStopped' %}" }
          }
        }
        Retry = local._retry
        Catch = concat(
          [{ ErrorEquals = ["DynamoDb.ConditionalCheckFailedException"], Next = "LookUp" }],
          local._give_up,
        )
        Next = "LookUp"
      }

      GiveBack = {
        Type     = "Task"
        Resource = local._update_item
        Arguments = {
          TableName           = local._table_name
          Key                 = local._key_of_order
          ConditionExpression = "decision_id = :id"
          UpdateExpression    = "SET #status = :status REMOVE decision, decision_id"
          ExpressionAttributeNames = {
            "#status" = "status"
          }
          ExpressionAttributeValues = {
            ":id"     = { S = "{% $claim.id %}" }
            ":status" = { S = "pending_approval" }
          }
        }
        Retry = local._retry
        Catch = local._give_up
        Next  = "Unavailable"
      }

      LookUp = {
        Type     = "Task"
        Resource = local._get_item
        Arguments = {
          TableName      = local._table_name
          Key            = local._key_of_order
          ConsistentRead = true
        }
        Assign = {
          found = "{% $exists($states.result.Item) ? $states.result.Item : null %}"
        }
        Retry = local._retry
        Catch = local._give_up
        Next  = "WhyNot"
      }

      WhyNot = {
        Type = "Choice"
        Choices = [
          { Condition = "{% $found = null %}", Next = "NotFound" },
          # The workflow went on with this very decision; only the answer to
          # the first telling was lost.
          { Condition = "{% $exists($found.decision.M) ? $found.decision.M.decided_at.S = $claim.decided_at and $found.decision.M.decided_by.S = $claim.decided_by and $found.status.S in ['processing', 'processed', 'rejected'] : false %}", Next = "Decided" },
          # Claimed by an execution that is over, and never told.
          { Condition = "{% $exists($found.decision_id.S) and $exists($found.task_token.S) ? $toMillis($found.decision.M.decided_at.S) + ${local._decide_timeout * 2000} < $millis() : false %}", Next = "TellAgain" },
        ]
        Default = "Conflict"
      }

      TellAgain = {
        Type     = "Task"
        Resource = local._send_task_success
        Arguments = {
          TaskToken = "{% $found.task_token.S %}"
          Output    = "{% $string({'decision': $found.decision.M.decision.S, 'decided_by': $found.decision.M.decided_by.S, 'decided_at': $found.decision.M.decided_at.S, 'reason': $found.decision.M.reason.S}) %}"
        }
        Retry = local._retry
        Catch = [{ ErrorEquals = ["States.ALL"], Next = "Conflict" }]
        Next  = "Conflict"
      }

      Conflict = {
        Type = "Pass"
        Output = {
          statusCode = 409
          body       = "{% $string({'error': 'conflict', 'message': 'The order takes no decision: it is ' & $found.status.S & '.', 'order_id': $order.order_id, 'status': $found.status.S, 'request_id': $request_id}) %}"
        }
        End = true
      }

      NotFound    = local._not_found
      Unavailable = local._unavailable
    }
  }

  _send_task_success = "arn:${data.aws_partition.this.partition}:states:::aws-sdk:sfn:sendTaskSuccess"

  _not_found = {
    Type = "Pass"
    Output = {
      statusCode = 404
      body       = "{% $string({'error': 'not_found', 'message': 'There is no such order.', 'request_id': $request_id}) %}"
    }
    End = true
  }
}
