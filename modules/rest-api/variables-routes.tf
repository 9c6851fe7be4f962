variable "routes" {
  description = <<-EOT
    Routes, keyed `"METHOD /path/{parameter}"`. API Gateway takes one parameter below a path, so all routes name it alike: `GET /orders/{id}` and `PUT /orders/{id}/lines`. Each route does exactly one thing:

    - `start` starts an execution and answers 202 with its name. `name` is the source of that name: a `header` such as `Idempotency-Key`, a `path_parameter`, or a `field` of the body (`order.id` is a field of a field). Without it, or where the request has none, Step Functions makes one. `input` is `"body"` (default) or `"envelope"`.
    - `start_sync` runs an EXPRESS state machine and answers with its result. With `response = "output"` (default) the execution's output is the body of a 200. With `response = "chosen"` the output is an object as a Lambda proxy returns it, `{ statusCode, headers, body }`, where `body` is a JSON text; only headers named in `response_headers` are passed on. `input` is `"envelope"` (default) or `"body"`.
    - `describe` and `stop` read or stop the execution of a STANDARD state machine whose name is the `path_parameter` (default: the last one of the path). `describe` answers with its name, status and times, and with the parts that `include` names: `input`, `output`, `error`, `cause`. `stop` ends it with `error`.
    - `task_success`, `task_failure`, `task_heartbeat` answer the task whose token is `task_token` in the body: with `output`, with `error` and `cause`, or with a heartbeat.
    - `lambda` hands the request to a function as a proxy.

    `state_machine_arn` is the machine, a version or an alias of it. With `state_machine_type` the plan refuses routes that AWS would: `start_sync` on STANDARD, `describe` and `stop` on EXPRESS.

    An envelope is an object with the request: `method`, `path`, `path_parameters`, `query_parameters`, `headers` (those named in `request_headers`), `body` (parsed JSON; `{}` for no body), `caller` (`arn`, `account_id`, `source_ip`, `principal_id`), `request_id`, and `requested_at` (milliseconds since 1970).

    `authorization` is `AWS_IAM` (default: callers sign their requests and need `execute-api:Invoke`), `API_KEY` (a key of `usage_plans`), the name of one of `authorizers`, or, only when written, `NONE` (anyone on the internet). `scopes`: OAuth scopes of which a Cognito access token must have one.

    `schema` is a JSON Schema (draft 4, a JSON text) of the body; `{ "$ref" = "#/components/schemas/Order" }` uses one of `schemas`. Requests that lack one of the `required_headers` or `required_query_parameters`, or whose body does not match the schema, get 400 and the reason. `throttle` limits this route alone.
  EOT
  type = map(object({
    start = optional(object({
      state_machine_arn  = string
      state_machine_type = optional(string)
      name = optional(object({
        header         = optional(string)
        path_parameter = optional(string)
        field          = optional(string)
      }), {})
      input           = optional(string, "body")
      request_headers = optional(list(string), [])
    }))
    start_sync = optional(object({
      state_machine_arn  = string
      state_machine_type = optional(string)
      response           = optional(string, "output")
      response_headers   = optional(list(string), [])
      input              = optional(string, "envelope")
      request_headers    = optional(list(string), [])
    }))
    describe = optional(object({
      state_machine_arn  = string
      state_machine_type = optional(string)
      path_parameter     = optional(string)
      include            = optional(list(string), [])
    }))
    stop = optional(object({
      state_machine_arn  = string
      state_machine_type = optional(string)
      path_parameter     = optional(string)
      error              = optional(string, "StoppedByCaller")
    }))
    task_success   = optional(object({ state_machine_arn = string }))
    task_failure   = optional(object({ state_machine_arn = string }))
    task_heartbeat = optional(object({ state_machine_arn = string }))
    lambda         = optional(object({ function_arn = string }))

    authorization             = optional(string, "AWS_IAM")
    scopes                    = optional(list(string), [])
    schema                    = optional(string)
    required_headers          = optional(list(string), [])
    required_query_parameters = optional(list(string), [])
    throttle = optional(object({
      rate_limit  = number
      burst_limit = number
    }))
  }))
  nullable = false

  validation {
    condition     = length(var.routes) > 0
    error_message = "routes needs at least one route, such as \"POST /orders\"."
  }

  validation {
    condition = alltrue([
      for key in keys(var.routes) :
      can(regex("^(GET|POST|PUT|PATCH|DELETE) (/|(/([A-Za-z0-9._-]+|\\{[A-Za-z0-9._-]+\\}))+)$", key))
    ])
    error_message = "A route's key is a method (GET, POST, PUT, PATCH, DELETE), one space and a path such as /orders/{order_id}. Not so: ${join(", ", [
      for key in keys(var.routes) : jsonencode(key)
      if !can(regex("^(GET|POST|PUT|PATCH|DELETE) (/|(/([A-Za-z0-9._-]+|\\{[A-Za-z0-9._-]+\\}))+)$", key))
    ])}."
  }

  validation {
    condition = alltrue([
      for key in keys(var.routes) :
      length(regexall("\\{([^{}]+)\\}", key)) == length(distinct(flatten(regexall("\\{([^{}]+)\\}", key))))
    ])
    error_message = "The path parameters of a route need different names. Not so: ${join(", ", [
      for key in keys(var.routes) : jsonencode(key)
      if length(regexall("\\{([^{}]+)\\}", key)) != length(distinct(flatten(regexall("\\{([^{}]+)\\}", key))))
    ])}."
  }

  validation {
    condition = alltrue([
      for route in values(var.routes) : 1 == length([
        for action in [route.start, route.start_sync, route.describe, route.stop, route.task_success, route.task_failure, route.task_heartbeat, route.lambda] :
        true if action != null
      ])
    ])
    error_message = "A route does exactly one thing: set one of start, start_sync, describe, stop, task_success, task_failure, task_heartbeat and lambda. Not so: ${join(", ", [
      for key, route in var.routes : jsonencode(key) if 1 != length([
        for action in [route.start, route.start_sync, route.describe, route.stop, route.task_success, route.task_failure, route.task_heartbeat, route.lambda] :
        true if action != null
      ])
    ])}."
  }

  validation {
    condition = alltrue([
      for route in values(var.routes) : contains(concat(["AWS_IAM", "API_KEY", "NONE"], keys(var.authorizers)), route.authorization)
    ])
    error_message = "authorization is AWS_IAM, API_KEY, NONE or the name of one of authorizers. Not so: ${join(", ", [
      for key, route in var.routes : "${jsonencode(key)} (${route.authorization})"
      if !contains(concat(["AWS_IAM", "API_KEY", "NONE"], keys(var.authorizers)), route.authorization)
    ])}."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : contains(["output", "chosen"], try(route.start_sync.response, "output"))])
    error_message = "start_sync.response is \"output\" (the output is the body) or \"chosen\" (the workflow chooses status, headers and body)."
  }

  validation {
    condition = alltrue([
      for route in values(var.routes) :
      contains(["body", "envelope"], try(route.start.input, "body")) && contains(["body", "envelope"], try(route.start_sync.input, "body"))
    ])
    error_message = "input is \"body\" (the body is the execution's input) or \"envelope\" (an object with the body and the rest of the request)."
  }

  validation {
    condition = alltrue(flatten([
      for route in values(var.routes) : [
        for name in concat(
          try(route.start.request_headers, []), try(compact([route.start.name.header]), []),
          try(route.start_sync.request_headers, []), try(route.start_sync.response_headers, []),
          route.required_headers,
        ) :
        can(regex("^[A-Za-z0-9-]+$", name))
      ]
    ]))
    error_message = "request_headers, response_headers, required_headers and name.header are names of HTTP headers: letters, digits and '-'."
  }

  validation {
    condition = alltrue(flatten([
      for route in values(var.routes) : [for name in route.required_query_parameters : can(regex("^[A-Za-z0-9._-]+$", name))]
    ]))
    error_message = "required_query_parameters are names of letters, digits, '.', '_' and '-'."
  }

  validation {
    condition = alltrue([
      for key, route in var.routes : strcontains(key, "{") if route.describe != null || route.stop != null
    ])
    error_message = "describe and stop take the execution's name from the path: write a path such as /orders/{order_id}. Not so: ${join(", ", [
      for key, route in var.routes : jsonencode(key) if(route.describe != null || route.stop != null) && !strcontains(key, "{")
    ])}."
  }

  validation {
    condition = alltrue([
      for route in values(var.routes) : can(regex("^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$", coalesce(try(route.start.name.field, null), "a")))
    ])
    error_message = "name.field is a field of the body, such as order_id, or order.id for a field of a field."
  }

  validation {
    condition = alltrue(flatten([
      for route in values(var.routes) : [for part in try(route.describe.include, []) : contains(["input", "output", "error", "cause"], part)]
    ]))
    error_message = "describe.include takes input, output, error and cause."
  }

  validation {
    condition     = alltrue([for route in values(var.routes) : can(regex("^[A-Za-z0-9._-]{1,256}$", try(route.stop.error, "Stopped")))])
    error_message = "stop.error is a name of 1 to 256 letters, digits, '.', '_' and '-'."
  }

  validation {
    condition = alltrue([
      for route in values(var.routes) : route.throttle == null ? true : route.throttle.rate_limit > 0 && route.throttle.burst_limit >= 1
    ])
    error_message = "throttle.rate_limit must be above 0 requests a second and throttle.burst_limit at least 1."
  }
  validation {
    condition     = alltrue([for route in values(var.routes) : can(jsondecode(coalesce(route.schema, "{}")))])
    error_message = "schema is a JSON text: use jsonencode. Not so: ${join(", ", [for key, route in var.routes : jsonencode(key) if !can(jsondecode(coalesce(route.schema, "{}")))])}."
  }
}
