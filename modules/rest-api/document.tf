# The API as one OpenAPI document: every route, what it calls and how answers
# are mapped. One body costs the same five resources whatever the routes are.

locals {
  _refusals = merge(
    # A path that exists, called with a method it does not have.
    {
      for resource in local._paths : resource => {
        status = "405"
        template = templatefile("${path.module}/templates/method_not_allowed.vtl.tftpl", {
          methods = join(", ", sort(concat(
            [for route in local._routes : route.method if route.path == resource],
            var.cors == null ? [] : ["OPTIONS"],
          )))
        })
      }
    },
    # Every other path. Without it API Gateway answers 403 "Missing
    # Authentication Token", which sends the reader after credentials.
    {
      for resource in setsubtract(["/", "/{proxy+}"], local._paths) : resource => {
        status   = "404"
        template = file("${path.module}/templates/not_found.vtl")
      }
    },
  )

  _refusal_operations = {
    for path, refusal in local._refusals : path => {
      x-amazon-apigateway-any-method = merge(
        path != "/{proxy+}" ? {} : {
          parameters = [{ name = "proxy", in = "path", required = true, schema = { type = "string" } }]
        },
        {
          security  = []
          responses = { (refusal.status) = local._error_response }
          x-amazon-apigateway-integration = {
            type                = "mock"
            passthroughBehavior = "when_no_match"
            requestTemplates    = { "application/json" = "{\"statusCode\": ${refusal.status}}" }
            responses = {
              default = {
                statusCode         = refusal.status
                responseParameters = local._cors_integration_headers
                responseTemplates  = { "application/json" = refusal.template }
              }
            }
          }
        },
      )
    }
  }

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
