# POST /orders: refuses, or keeps the order and starts its workflow; the same
# order again is the same order, another one under its id is a conflict.

locals {
  _submit = {
    Comment        = "POST /orders"
    QueryLanguage  = "JSONata"
    StartAt        = "Check"
    TimeoutSeconds = 25
    States = {
      Check = {
        Type = "Pass"
        Assign = {
          problems   = "{% (${local._checks} ${trimspace(file("${path.module}/jsonata/problems_of_order.jsonata"))}) %}"
          request_id = "{% $states.input.request_id %}"
          path       = "{% $states.input.path %}"
        }
        Next = "IsGood"
      }

      IsGood = {
        Type    = "Choice"
        Choices = [{ Condition = "{% $count($problems) = 0 %}", Next = "Read" }]
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
        Type   = "Pass"
        Output = "{% ${trimspace(file("${path.module}/jsonata/order.jsonata"))} %}"
        Next   = "Keep"
      }

      # One of many that arrive together is first; the condition says which.
      Keep = {
        Type     = "Task"
        Resource = "arn:${data.aws_partition.this.partition}:states:::aws-sdk:dynamodb:putItem"
        Arguments = {
          TableName           = local._table_name
          ConditionExpression = "attribute_not_exists(order_id)"
          Item = {
            order_id    = { S = "{% $states.input.order_id %}" }
            status      = { S = "processing" }
            customer    = { S = "{% $states.input.customer %}" }
            items       = { L = local._items_attribute }
            total       = { N = "{% $states.input.total %}" }
            fingerprint = { S = "{% $states.input.fingerprint %}" }
            received_at = { S = "{% $now() %}" }
            expires_at  = { N = local._expires_at }
          }
        }
        Assign = {
          order       = "{% $states.input %}"
          status_code = 202
          status      = "processing"
        }
        Retry = local._retry
        Catch = concat(
          [{
            ErrorEquals = ["DynamoDb.ConditionalCheckFailedException"]
            Assign      = { order = "{% $states.input %}" }
            Next        = "LookUp"
          }],
          local._give_up,
        )
        Next = "Start"
      }

      LookUp = {
        Type     = "Task"
        Resource = local._get_item
        Arguments = {
          TableName                = local._table_name
          Key                      = local._key_of_order
          ConsistentRead           = true
          ProjectionExpression     = "fingerprint, #status"
          ExpressionAttributeNames = { "#status" = "status" }
        }
        Assign = {
          status_code = 200
          status      = "{% $exists($states.result.Item.status.S) ? $states.result.Item.status.S : null %}"
          is_same     = "{% $exists($states.result.Item.fingerprint.S) ? $states.result.Item.fingerprint.S = $order.fingerprint : false %}"
        }
        Retry = local._retry
        Catch = local._give_up
        Next  = "IsSame"
      }

      IsSame = {
        Type = "Choice"
        Choices = [
          # Perhaps the first post of it could not start the workflow.
          { Condition = "{% $is_same and $status = 'processing' %}", Next = "Start" },
          { Condition = "{% $is_same %}", Next = "Accept" },
          { Condition = "{% $status = null %}", Next = "Unavailable" },
        ]
        Default = "Conflict"
      }

      Conflict = {
        Type = "Pass"
        Output = {
          statusCode = 409
          body       = "{% $string({'error': 'conflict', 'message': 'Another order has this order_id.', 'order_id': $order.order_id, 'status': $status, 'request_id': $request_id}) %}"
        }
        End = true
      }

      # The execution's name is the order's id: a second start with the same
      # input is the first one, and one of an ended order is refused.
      Start = {
        Type     = "Task"
        Resource = "arn:${data.aws_partition.this.partition}:states:::aws-sdk:sfn:startExecution"
        Arguments = {
          StateMachineArn = module.workflow.start_arn
          Name            = "{% $order.order_id %}"
          Input           = "{% $string($order) %}"
        }
        Retry = local._retry
        Catch = [
          { ErrorEquals = ["Sfn.ExecutionAlreadyExistsException"], Next = "Accept" },
          { ErrorEquals = ["States.ALL"], Next = "TakeBack" },
        ]
        Next = "Accept"
      }

      # Nobody would carry on an order that was kept and not started. If it
      # was started after all, the workflow writes it again.
      TakeBack = {
        Type     = "Task"
        Resource = "arn:${data.aws_partition.this.partition}:states:::aws-sdk:dynamodb:deleteItem"
        Arguments = {
          TableName                 = local._table_name
          Key                       = local._key_of_order
          ConditionExpression       = "attribute_not_exists(started_at) AND fingerprint = :fingerprint"
          ExpressionAttributeValues = { ":fingerprint" = { S = "{% $order.fingerprint %}" } }
        }
        Retry = local._retry
        Catch = local._give_up
        Next  = "Unavailable"
      }

      Accept = {
        Type = "Pass"
        Output = {
          statusCode = "{% $status_code %}"
          headers    = { Location = "{% $path & '/' & $order.order_id %}" }
          body       = "{% $string({'order_id': $order.order_id, 'status': $status, 'location': $path & '/' & $order.order_id}) %}"
        }
        End = true
      }

      Unavailable = local._unavailable
    }
  }
}
