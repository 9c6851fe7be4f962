# The mapping of each integration's response to the route's.

locals {
  # 202: the execution has started and goes on.
  success_status = {
    for key, route in local.routes : key => route.action == "start" ? "202" : "200"
  }

  response_templates = {
    for key, route in local.routes : key => templatefile(
      "${path.module}/templates/${startswith(route.action, "task_") ? "task" : route.action}_response.vtl.tftpl",
      {
        chosen  = try(route.start_sync.response, "") == "chosen"
        headers = try(route.start_sync.response_headers, [])
        include = try(route.describe.include, [])
      },
    ) if route.action != "lambda"
  }

  error_response = {
    description = "What went wrong"
    headers     = local.cors_method_headers
    content     = { "application/json" = { schema = { "$ref" = "#/components/schemas/ErrorResponse" } } }
  }

  # Error statuses of each action, beside those that every route has.
  _error_statuses = {
    start          = ["400", "409", "413", "429", "502"]
    start_sync     = ["400", "413", "429", "500", "502", "504"]
    describe       = ["400", "404", "429", "502"]
    stop           = ["400", "404", "429", "502"]
    task_success   = ["400", "410", "413", "429", "502"]
    task_failure   = ["400", "410", "429", "502"]
    task_heartbeat = ["400", "410", "429", "502"]
    lambda         = ["400", "429", "502", "504"]
  }

  responses = {
    for key, route in local.routes : key => merge(
      {
        (local.success_status[key]) = {
          description = "The answer"
          headers     = local.cors_method_headers
          content     = { "application/json" = local._response_bodies[route.action] }
        }
      },
      { for status in local._error_statuses[route.action] : status => local.error_response },
    )
  }

  _execution_times = {
    started_at = { type = "number", description = "Seconds since 1970" }
    stopped_at = { type = "number", description = "Seconds since 1970" }
  }

  # No schema is known for the output of a workflow or a function.
  _response_bodies = {
    start = {
      schema = {
        type       = "object"
        properties = { execution_name = { type = "string" }, started_at = local._execution_times.started_at }
      }
    }
    start_sync = { schema = local.any_value }
    describe = {
      schema = {
        type = "object"
        properties = merge(local._execution_times, {
          execution_name = { type = "string" }
          status         = { type = "string", enum = ["RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE"] }
          input          = {}
          output         = {}
          error          = { type = "string" }
          cause          = { type = "string" }
        })
      }
    }
    stop           = { schema = { type = "object", properties = { stopped_at = local._execution_times.stopped_at } } }
    task_success   = { schema = { type = "object" } }
    task_failure   = { schema = { type = "object" } }
    task_heartbeat = { schema = { type = "object" } }
    lambda         = { schema = local.any_value }
  }
}
