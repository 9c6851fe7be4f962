# The API as one OpenAPI document: every route, what it calls and how answers
# are mapped. One body costs the same five resources whatever the routes are.

locals {
  # Generated clients name their functions after these; two keys can differ in
  # their punctuation only.
  _plain_ids = { for key in keys(local._routes) : key => join("_", regexall("[A-Za-z0-9]+", lower(key))) }

  _operations = {
    for key, route in local._routes : key => merge(
      {
        operationId = (
          length([for id in values(local._plain_ids) : id if id == local._plain_ids[key]]) == 1
          ? local._plain_ids[key]
          : "${local._plain_ids[key]}_${substr(sha256(key), 0, 8)}"
        )
        parameters = local._parameters[key]
        responses  = local._responses[key]
        security   = local._security[key]
      },
      try(local._request_bodies[key], local._open_bodies[key], {}),
      try({ x-amazon-apigateway-request-validator = local._route_validators[key] }, {}),
      { x-amazon-apigateway-integration = try(local._step_functions_integrations[key], local._lambda_integrations[key]) },
    )
  }

  _document = jsonencode({
    openapi = "3.0.1"
    info    = { title = var.name, version = "1.0" }
    paths = {
      for path in keys(local._refusal_operations) : path => merge(
        local._refusal_operations[path],
        try(local._preflights[path], {}),
        { for key, route in local._routes : lower(route.method) => local._operations[key] if route.path == path },
      )
    }
    components = {
      schemas         = local._component_schemas
      securitySchemes = local._security_schemes
    }
    x-amazon-apigateway-request-validators = local._validators
    x-amazon-apigateway-gateway-responses  = local._gateway_responses
  })
}
