# Routes as the rest of the module reads them: var.routes with method, path,
# action and state machine.

locals {
  # Step Functions API action of each action of a route.
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
      # Null for a lambda route.
      state_machine_arn = one([for action in keys(local.api_actions) : route[action].state_machine_arn if route[action] != null])
    })
  }

  paths = distinct([for route in local.routes : route.path])

  # ARNs without the qualifier of a version or an alias, which IAM and
  # executions do not have (arn:P:states:R:A:stateMachine:NAME:QUALIFIER).
  machine_arns = {
    for key, route in local.routes : key =>
    join(":", slice(split(":", route.state_machine_arn), 0, 7)) if route.action != "lambda"
  }

  # ARNs of executions, up to the execution's name.
  execution_arns = {
    for key, arn in local.machine_arns : key => replace(arn, ":stateMachine:", ":execution:")
  }

  # Path parameter with the name of the execution to describe or stop.
  execution_names = {
    for key, route in local.routes : key => coalesce(
      route.action == "describe" ? route.describe.path_parameter : route.stop.path_parameter,
      element(route.path_parameters, -1),
    ) if contains(["describe", "stop"], route.action)
  }
}
