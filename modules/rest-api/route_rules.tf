# Rules between routes, and between the parts of one route. Rules of a single
# value are validations of var.routes.

locals {
  # Path parameters with the path above each, in which names do not count.
  _path_variables = flatten([
    for path in distinct([for key in keys(var.routes) : split(" ", key)[1]]) : [
      for index, part in split("/", path) : {
        parent = replace(join("/", slice(split("/", path), 0, index)), "/\\{[^{}]+\\}/", "{}")
        path   = join("/", slice(split("/", path), 0, index + 1))
        name   = part
      } if startswith(part, "{")
    ]
  ])
  _path_variables_by_parent = { for variable in local._path_variables : variable.parent => variable... }

  _schema_texts = { for key, route in var.routes : key => coalesce(route.schema, "{}") }

  _machine_types = {
    for key, route in var.routes : key =>
    try(coalesce([for action in [route.start, route.start_sync, route.describe, route.stop] : action.state_machine_type if action != null]...), null)
  }

  route_problems = concat(
    [
      for variables in values(local._path_variables_by_parent) :
      "Below one path API Gateway takes one parameter, whatever the method: give it the same name in ${join(" and ", sort(distinct(variables[*].path)))}."
      if length(distinct(variables[*].name)) > 1
    ],
    [
      for key, route in var.routes :
      "${key}: scopes are for routes whose authorization is the name of a Cognito authorizer."
      if length(route.scopes) > 0 && try(var.authorizers[route.authorization].cognito, null) == null
    ],
    [
      for key, type in local._machine_types :
      "${key}: state_machine_type is \"STANDARD\" or \"EXPRESS\"." if !contains(["STANDARD", "EXPRESS"], coalesce(type, "STANDARD"))
    ],
    [
      for key, route in var.routes :
      "${key}: start_sync needs an EXPRESS state machine (StartSyncExecution takes no other). Use start, or make the machine EXPRESS."
      if route.start_sync != null && local._machine_types[key] == "STANDARD"
    ],
    [
      for key, route in var.routes :
      "${key}: executions of an EXPRESS state machine can be neither described nor stopped. Use a STANDARD one."
      if(route.describe != null || route.stop != null) && local._machine_types[key] == "EXPRESS"
    ],
    [
      for key, route in var.routes :
      "${key}: response_headers need response = \"chosen\": they are those of a workflow that chooses its answer."
      if try(length(route.start_sync.response_headers), 0) > 0 && try(route.start_sync.response, "") != "chosen"
    ],
    [
      for key, route in var.routes :
      "${key}: request_headers need input = \"envelope\": that is what they are put into."
      if length(try(route.start.request_headers, route.start_sync.request_headers, [])) > 0
      && try(route.start.input, route.start_sync.input, "") != "envelope"
    ],
    [
      for key, route in var.routes :
      "${key}: name is one of header, path_parameter and field, or {} for a name that Step Functions makes."
      if length([for source in values(try(route.start.name, {})) : source if source != null]) > 1
    ],
    [
      for key, route in var.routes :
      "${key}: path_parameter names a parameter of the route's path, which is written {name} there."
      if !alltrue([
        for name in [try(route.start.name.path_parameter, null), try(route.describe.path_parameter, null), try(route.stop.path_parameter, null)] :
        name == null ? true : strcontains(key, "{${name}}")
      ])
    ],
    [
      for key, route in var.routes :
      "${key}: a GET has no body. schema, name.field and the task_ actions need another method."
      if startswith(key, "GET ") && anytrue([
        for part in [route.schema, try(route.start.name.field, null), route.task_success, route.task_failure, route.task_heartbeat] : part != null
      ])
    ],
    [
      for key, schema in local._schema_texts :
      "${key}: API Gateway's schemas are draft 4. exclusiveMinimum and exclusiveMaximum are true or false beside minimum and maximum, not numbers."
      if can(regex("\"exclusiveM(in|ax)imum\": ?[-0-9]", schema))
    ],
    [
      for key, schema in local._schema_texts :
      "${key}: a $ref in a schema is \"#/components/schemas/NAME\", NAME being a key of schemas (${join(", ", keys(var.schemas))})."
      if length(setsubtract(
        flatten(regexall("\"\\$ref\": ?\"([^\"]*)\"", schema)),
        formatlist("#/components/schemas/%s", keys(var.schemas)),
      )) > 0
    ],
  )
}
