# The order's own life: at once up to the threshold, after a decision above it.

locals {
  # `process_task` slots in between the decision and the mark; without one the
  # order is only marked.
  _first_of_processing = var.process_task == null ? "MarkProcessed" : "Process"

  _failed = [{
    ErrorEquals = ["States.ALL"]
    Assign = {
      error = "{% $states.errorOutput.Error %}"
      cause = "{% $substring($string($states.errorOutput.Cause), 0, 1000) %}"
    }
    Next = "MarkFailed"
  }]

  _workflow = {
    Comment       = "An order: processed at once, or after a decision"
    QueryLanguage = "JSONata"
    StartAt       = "Record"
    States = merge(
      {
        # The API wrote the order already. Writing it again makes the table
        # whole when the API's own write was taken back.
        Record = {
          Type     = "Task"
          Resource = local._update_item
          Arguments = {
            TableName        = local._table_name
            Key              = { order_id = { S = "{% $states.input.order_id %}" } }
            UpdateExpression = "SET customer = :customer, #items = :items, #total = :total, fingerprint = :fingerprint, received_at = if_not_exists(received_at, :now), started_at = :now, #status = if_not_exists(#status, :status), expires_at = :expires_at"
            ExpressionAttributeNames = {
              "#items"  = "items"
              "#status" = "status"
              "#total"  = "total"
            }
            ExpressionAttributeValues = {
              ":customer"    = { S = "{% $states.input.customer %}" }
              ":items"       = { L = local._items_attribute }
              ":total"       = { N = "{% $states.input.total %}" }
              ":fingerprint" = { S = "{% $states.input.fingerprint %}" }
              ":now"         = { S = "{% $now() %}" }
              ":status"      = { S = "processing" }
              # Until it ends the order is kept whatever happens.
              ":expires_at" = { N = "{% $string($floor($millis() / 1000) + ${var.decision_timeout + var.retention_in_days * 86400}) %}" }
            }
          }
          Assign = {
            order    = "{% $states.input %}"
            decision = null
          }
          Output = "{% $states.input %}"
          Retry  = local._patient_retry
          Catch = [merge(local._failed[0], {
            Assign = merge(local._failed[0].Assign, { order = "{% $states.input %}" })
          })]
          Next = "IsDecisionNeeded"
        }

        IsDecisionNeeded = {
          Type = "Choice"
          Choices = [{
            Condition = "{% $order.total_cents > ${var.approval_threshold * 100} %}"
            Next      = "AwaitDecision"
          }]
          Default = local._first_of_processing
        }

        # The call that stores the token is the call that waits: there is no
        # moment in which one is done and the other is not.
        AwaitDecision = {
          Type     = "Task"
          Resource = "${local._update_item}.waitForTaskToken"
          Arguments = {
            TableName                = local._table_name
            Key                      = local._key_of_order
            UpdateExpression         = "SET #status = :status, task_token = :token, waiting_since = :now, decide_by = :decide_by"
            ExpressionAttributeNames = { "#status" = "status" }
            ExpressionAttributeValues = {
              ":status"    = { S = "pending_approval" }
              ":token"     = { S = "{% $states.context.Task.Token %}" }
              ":now"       = { S = "{% $now() %}" }
              ":decide_by" = { S = "{% $fromMillis($millis() + ${var.decision_timeout * 1000}) %}" }
            }
          }
          TimeoutSeconds = var.decision_timeout
          Assign         = { decision = "{% $states.result %}" }
          Output         = "{% $order %}"
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
          Catch = concat(
            [{ ErrorEquals = ["States.Timeout"], Next = "MarkTimedOut" }],
            local._failed,
          )
          Next = "IsApproved"
        }

        IsApproved = {
          Type = "Choice"
          Choices = [{
            Condition = "{% $decision.decision = 'approve' %}"
            Next      = local._first_of_processing
          }]
          Default = "MarkRejected"
        }

        MarkFailed = {
          Type     = "Task"
          Resource = local._update_item
          Arguments = {
            TableName        = local._table_name
            Key              = local._key_of_order
            UpdateExpression = "SET #status = :status, ended_at = :now, #error = :error, cause = :cause, expires_at = :expires_at REMOVE task_token"
            ExpressionAttributeNames = {
              "#error"  = "error"
              "#status" = "status"
            }
            ExpressionAttributeValues = {
              ":status"     = { S = "failed" }
              ":now"        = { S = "{% $now() %}" }
              ":error"      = { S = "{% $error %}" }
              ":cause"      = { S = "{% $cause %}" }
              ":expires_at" = { N = local._expires_at }
            }
          }
          Retry = local._patient_retry
          Catch = [{ ErrorEquals = ["States.ALL"], Next = "Failed" }]
          Next  = "Failed"
        }

        Failed = {
          Type  = "Fail"
          Error = "{% $error %}"
          Cause = "{% $cause %}"
        }
      },
      # Who decided is written again with the end: the workflow knows what it
      # was told, whatever became of the API's own write.
      {
        for state, status in {
          MarkProcessed = "processed"
          MarkRejected  = "rejected"
          MarkTimedOut  = "timed_out"
          } : state => {
          Type     = "Task"
          Resource = local._update_item
          Arguments = {
            TableName        = local._table_name
            Key              = local._key_of_order
            UpdateExpression = "SET #status = :status, ended_at = :now, decision = :decision, expires_at = :expires_at REMOVE task_token, decision_id"
            ExpressionAttributeNames = {
              "#status" = "status"
            }
            ExpressionAttributeValues = {
              ":status"     = { S = status }
              ":now"        = { S = "{% $now() %}" }
              ":decision"   = local._decision_attribute
              ":expires_at" = { N = local._expires_at }
            }
          }
          Output = {
            order_id = "{% $order.order_id %}"
            status   = status
            decision = "{% $decision %}"
          }
          Retry = local._patient_retry
          Catch = local._failed
          End   = true
        }
      },
      var.process_task == null ? {} : {
        Process = merge(jsondecode(var.process_task), {
          Catch = local._failed
          Next  = "MarkProcessed"
        })
      },
    )
  }

  _key_of_order = { order_id = { S = "{% $order.order_id %}" } }

  _decision_attribute = "{% $type($decision) = 'object' ? {'M': {'decision': {'S': $decision.decision}, 'decided_by': {'S': $decision.decided_by}, 'decided_at': {'S': $decision.decided_at}, 'reason': {'S': $decision.reason}}} : {'NULL': true} %}"

  _items_attribute = "{% [$map($states.input.items, function($item) { {'M': {'sku': {'S': $item.sku}, 'quantity': {'N': $string($item.quantity)}, 'unit_price': {'N': $string($item.unit_price)}}} })] %}"
}
