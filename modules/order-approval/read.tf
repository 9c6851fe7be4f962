# GET /orders/{order_id}: what a caller may know of an order. The task token
# is not asked of the table, and of ARNs only the part after the account.

locals {
  _read = {
    Comment        = "GET /orders/{order_id}"
    QueryLanguage  = "JSONata"
    StartAt        = "IsId"
    TimeoutSeconds = 25
    States = {
      IsId = {
        Type = "Choice"
        Choices = [{
          Condition = "{% $contains($states.input.path_parameters.order_id, /^[A-Za-z0-9_-]{1,80}(?![\\s\\S])/) %}"
          Assign = {
            request_id = "{% $states.input.request_id %}"
            order      = { order_id = "{% $states.input.path_parameters.order_id %}" }
          }
          Next = "LookUp"
        }]
        Assign  = { request_id = "{% $states.input.request_id %}" }
        Default = "NotFound"
      }

      LookUp = {
        Type     = "Task"
        Resource = local._get_item
        Arguments = {
          TableName            = local._table_name
          Key                  = local._key_of_order
          ConsistentRead       = true
          ProjectionExpression = "order_id, customer, #items, #total, #status, #error, received_at, waiting_since, decide_by, ended_at, decision"
          ExpressionAttributeNames = {
            "#error"  = "error"
            "#items"  = "items"
            "#status" = "status"
            "#total"  = "total"
          }
        }
        Output = "{% $states.result %}"
        Retry  = local._retry
        Catch  = local._give_up
        Next   = "IsThere"
      }

      IsThere = {
        Type    = "Choice"
        Choices = [{ Condition = "{% $exists($states.input.Item) %}", Next = "Show" }]
        Default = "NotFound"
      }

      Show = {
        Type = "Pass"
        Output = {
          statusCode = 200
          body       = "{% ${trimspace(file("${path.module}/jsonata/order_shown.jsonata"))} %}"
        }
        End = true
      }

      NotFound    = local._not_found
      Unavailable = local._unavailable
    }
  }
}
