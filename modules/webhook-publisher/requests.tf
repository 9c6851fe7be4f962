# The request of each operation at each destination, and what its response says of the
# post; keyed "dev.create" and the like.

locals {
  operations = merge([
    for key, configuration in local.configurations : {
      for name in ["create", "update", "remove", "find"] : "${key}.${name}" => merge(configuration[name], {
        destination = key
        headers     = try(configuration.headers, {})
        # For posts alone: of a removed one only the id is there.
        define = contains(["create", "update"], name) ? try("${configuration.define} ", "") : ""
        # Kept where the response says nothing of it.
        known_id = name == "find" ? "''" : "$remote_id"
      }) if can(configuration[name])
    }
  ]...)

  # JSON texts: a document with expressions in it, or one expression. Null: no body.
  bodies = {
    for id, operation in local.operations : id => try(
      operation.json_body, jsonencode("{% (${operation.define}${operation.body}) %}"), null,
    )
  }

  http_arguments = {
    for id, operation in local.operations : id => {
      ApiEndpoint      = module.urls.endpoints[id]
      Method           = operation.method
      InvocationConfig = { ConnectionArn = var.destinations[operation.destination].connection_arn }
      Headers          = length(operation.headers) > 0 ? operation.headers : null
      QueryParameters  = length(try(operation.query, {})) > 0 ? operation.query : null
      RequestBody      = try(jsondecode(local.bodies[id]), null)
    } if !local.traits[operation.destination].is_signed
  }

  signed_payloads = {
    for id, operation in local.operations : id => {
      method = operation.method
      url    = module.urls.endpoints[id]
      region = split(":", var.destinations[operation.destination].signed.domain_arn)[3]
      query  = length(try(operation.query, {})) > 0 ? operation.query : null
      body   = try(jsondecode(local.bodies[id]), null)
    } if local.traits[operation.destination].is_signed
  }

  arguments = merge(
    {
      for id, arguments in local.http_arguments : id => {
        for name, value in arguments : name => value if value != null
      }
    },
    {
      for id, payload in local.signed_payloads : id => {
        FunctionName = module.search[0].task.Arguments.FunctionName
        Payload      = { for name, value in payload : name => value if value != null }
      }
    },
  )

  requests = {
    for id, operation in local.operations : id => {
      arguments = jsonencode(local.arguments[id])
      remote_id = can(operation.id) ? "{% ${local.responses[operation.destination]} $found := (${operation.id}); $exists($found) ? $string($found) : ${operation.known_id}) %}" : "{% ${operation.known_id} %}"
      url       = can(operation.url) ? "{% ${local.responses[operation.destination]} ${strcontains(operation.url, "$address") ? "$address := ${module.urls.expressions[id]}; " : ""}$found := (${operation.url}); $exists($found) ? $string($found) : $url) %}" : "{% $url %}"
    }
  }

  responses = {
    for key, traits in local.traits : key => "($response := $states.result${traits.is_signed ? ".Payload" : ""}.ResponseBody;"
  }

  # Whether another page may have the post; and the error in a GraphQL response, or {}.
  is_more = {
    for key, configuration in local.configurations : key =>
    "{% ${local.responses[key]} $page < ${local.traits[key].find_pages} and (${try(configuration.find.more, "false")})) %}"
  }
  graphql_errors = {
    for key, configuration in local.configurations : key =>
    "{% ${local.responses[key]} $found := (${try(configuration.graphql_error, "{}")}); $exists($found) ? $found : {}) %}"
  }

  endpoints = {
    for key, destination in var.destinations : key => trimsuffix(coalesce(destination.endpoint, try(local.configurations[key].endpoint, null), "-"), "/")
  }
}

module "urls" {
  source = "../http-connection/request"

  urls = {
    for id, operation in local.operations : id => join("", [
      local.endpoints[operation.destination],
      # {name} is a setting.
      join("", [
        for number, part in split("\u0001", replace(operation.path, "/\\{([a-z][a-z0-9_]*)\\}/", "\u0001$1\u0001")) :
        number % 2 == 0 ? part : replace(urlencode(try(var.destinations[operation.destination].settings[part], "")), "+", "%20")
      ]),
    ])
  }
}
