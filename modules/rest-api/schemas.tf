# Bodies and parameters that API Gateway checks before it calls anything. It
# enforces a schema only where the operation refers to a named one.

locals {
  # Bodies of task_ routes without a schema. The lengths of texts are left to
  # Step Functions: API Gateway would quote a text that is too long in full.
  _task_token = { type = "string", minLength = 1 }

  _task_schemas = {
    task_success = {
      type       = "object"
      required   = ["task_token", "output"]
      properties = { task_token = local._task_token, output = {} }
    }
    task_failure = {
      type     = "object"
      required = ["task_token"]
      properties = {
        task_token = local._task_token
        error      = { type = "string" }
        cause      = { type = "string" }
      }
    }
    task_heartbeat = {
      type       = "object"
      required   = ["task_token"]
      properties = { task_token = local._task_token }
    }
  }

  # JSON texts, as a map's values have one type.
  _route_schemas = {
    for key, route in local.routes : key => coalesce(
      route.schema, try(jsonencode(local._task_schemas[route.action]), null),
    ) if route.schema != null || startswith(route.action, "task_")
  }

  # Names made from the route's key; a model's name is letters and digits.
  _route_schema_names = {
    for key, schema in local._route_schemas : key => "Body${substr(sha256(key), 0, 12)}"
  }

  component_schemas = merge(
    { for name, schema in var.schemas : name => jsondecode(schema) },
    { for key, schema in local._route_schemas : local._route_schema_names[key] => jsondecode(schema) },
    {
      AnyValue = { description = "Any JSON value" }
      ErrorResponse = {
        type     = "object"
        required = ["error", "message", "request_id"]
        properties = {
          error      = { type = "string" }
          message    = { type = "string" }
          request_id = { type = "string" }
        }
      }
    },
  )

  request_bodies = {
    for key, name in local._route_schema_names : key => {
      requestBody = {
        required = true
        content  = { "application/json" = { schema = { "$ref" = "#/components/schemas/${name}" } } }
      }
    }
  }

  # Generators of clients need a schema, also where any JSON is allowed.
  any_value = { "$ref" = "#/components/schemas/AnyValue" }

  untyped_bodies = {
    for key, route in local.routes : key => {
      requestBody = { content = { "application/json" = { schema = local.any_value } } }
    } if !contains(["GET", "DELETE"], route.method) && contains(["start", "start_sync", "lambda"], route.action)
  }

  # Each route gets the validator that it needs.
  validators = {
    body       = { validateRequestBody = true, validateRequestParameters = false }
    parameters = { validateRequestBody = false, validateRequestParameters = true }
    all        = { validateRequestBody = true, validateRequestParameters = true }
  }

  route_validators = {
    for key, route in local.routes : key => (
      contains(keys(local._route_schemas), key)
      ? length(concat(route.required_headers, route.required_query_parameters)) > 0 ? "all" : "body"
      : "parameters"
    ) if contains(keys(local._route_schemas), key) || length(concat(route.required_headers, route.required_query_parameters)) > 0
  }

  parameters = {
    for key, route in local.routes : key => concat(
      local.path_parameters[route.path],
      [for name in route.required_query_parameters : { name = name, in = "query", required = true, schema = { type = "string" } }],
      [for name in route.required_headers : { name = name, in = "header", required = true, schema = { type = "string" } }],
    )
  }
}
