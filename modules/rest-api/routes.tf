# What the rest of the module reads instead of var.routes: every route with its
# method, its path, the one thing that it does, and the machine it does it to.

locals {
  # An action of a route and the action of Step Functions that it calls.
  api_actions = {
    start          = "StartExecution"
    start_sync     = "StartSyncExecution"
    describe       = "DescribeExecution"
    stop           = "StopExecution"
    task_success   = "SendTaskSuccess"
    task_failure   = "SendTaskFailure"
    task_heartbeat = "SendTaskHeartbeat"
  }

  routes = {
    for key, route in var.routes : key => merge(route, {
      method          = split(" ", key)[0]
      path            = split(" ", key)[1]
      path_parameters = flatten(regexall("\\{([^{}]+)\\}", key))
      action          = one([for action in concat(keys(local.api_actions), ["lambda"]) : action if route[action] != null])
      # Known where the action has it; a lambda route has none.
      state_machine_arn = one([for action in keys(local.api_actions) : route[action].state_machine_arn if route[action] != null])
    })
  }

  paths = distinct([for route in local.routes : route.path])

  # IAM and executions know machines, not their versions and aliases: a qualified
  # ARN is the machine's with one more part
  # (arn:P:states:R:A:stateMachine:NAME:QUALIFIER).
  machine_arns = {
    for key, route in local.routes : key =>
    join(":", slice(split(":", route.state_machine_arn), 0, 7)) if route.action != "lambda"
  }

  # The ARN of an execution, up to its name.
  execution_arns = {
    for key, arn in local.machine_arns : key => replace(arn, ":stateMachine:", ":execution:")
  }

  # The path parameter that is the name of the execution to describe or stop.
  execution_names = {
    for key, route in local.routes : key => coalesce(
      route.action == "describe" ? route.describe.path_parameter : route.stop.path_parameter,
      element(route.path_parameters, -1),
    ) if contains(["describe", "stop"], route.action)
  }
}
