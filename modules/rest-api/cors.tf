# CORS headers: on every response that the module makes, on API Gateway's own
# errors, and on the preflight request of each path.

locals {
  _cors_headers = var.cors == null ? {} : {
    for name, value in {
      Access-Control-Allow-Origin      = var.cors.allow_origin
      Access-Control-Allow-Credentials = var.cors.allow_credentials ? "true" : ""
      Access-Control-Expose-Headers    = join(",", var.cors.expose_headers)
    } : name => value if value != ""
  }

  cors_integration_headers = { for name, value in local._cors_headers : "method.response.header.${name}" => "'${value}'" }
  cors_method_headers      = { for name, value in local._cors_headers : name => { schema = { type = "string" } } }
  cors_gateway_headers     = { for name, value in local._cors_headers : "gatewayresponse.header.${name}" => "'${value}'" }

  _preflight_headers = var.cors == null ? {} : {
    for path in local.paths : path => merge(local._cors_headers, {
      Access-Control-Allow-Methods = join(",", sort([for route in local.routes : route.method if route.path == path]))
      Access-Control-Allow-Headers = join(",", var.cors.allow_headers)
      Access-Control-Max-Age       = tostring(var.cors.max_age_in_seconds)
    })
  }

  preflights = {
    for path, headers in local._preflight_headers : path => {
      options = {
        security   = []
        parameters = local.path_parameters[path]
        responses = {
          "204" = {
            description = "What pages of other origins may send"
            headers     = { for name, value in headers : name => { schema = { type = "string" } } }
          }
        }
        x-amazon-apigateway-integration = {
          type                = "mock"
          passthroughBehavior = "when_no_match"
          requestTemplates    = { "application/json" = "{\"statusCode\": 204}" }
          responses = {
            default = {
              statusCode         = "204"
              responseParameters = { for name, value in headers : "method.response.header.${name}" => "'${value}'" }
            }
          }
        }
      }
    }
  }
}
