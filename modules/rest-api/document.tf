# The API as one OpenAPI document: every route, its integration and the mapping
# of its responses. One body costs five resources, however many routes it has.

locals {
  # Generated clients name their functions after these. Keys that differ in
  # punctuation alone have the same one; a hash of the key tells them apart.
  _operation_ids = { for key in keys(local.routes) : key => join("_", regexall("[A-Za-z0-9]+", lower(key))) }

  _operations = {
    for key, route in local.routes : key => merge(
      {
        operationId = (
          length([for id in values(local._operation_ids) : id if id == local._operation_ids[key]]) == 1
          ? local._operation_ids[key]
          : "${local._operation_ids[key]}_${substr(sha256(key), 0, 8)}"
        )
        parameters = local.parameters[key]
        responses  = local.responses[key]
        security   = local.security[key]
      },
      try(local.request_bodies[key], local.untyped_bodies[key], {}),
      try({ x-amazon-apigateway-request-validator = local.route_validators[key] }, {}),
      { x-amazon-apigateway-integration = try(local.step_functions_integrations[key], local.lambda_integrations[key]) },
    )
  }

  document = jsonencode({
    openapi = "3.0.1"
    info    = { title = var.name, version = "1.0" }
    paths = {
      for path in keys(local.catch_all_operations) : path => merge(
        local.catch_all_operations[path],
        try(local.preflights[path], {}),
        { for key, route in local.routes : lower(route.method) => local._operations[key] if route.path == path },
      )
    }
    components = {
      schemas         = local.component_schemas
      securitySchemes = local.security_schemes
    }
    x-amazon-apigateway-request-validators = local.validators
    x-amazon-apigateway-gateway-responses  = local.gateway_responses
  })
}
