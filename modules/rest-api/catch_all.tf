# Requests that match no route: an unknown path (404), and a method that its
# path does not have (405). API Gateway answers both with 403 "Missing
# Authentication Token", which sends the reader after credentials.

locals {
  # API Gateway takes one parameter at each level, a greedy one included. So
  # the greedy one stands below the parameters with which paths begin, such as
  # that of `GET /{id}`. All routes name those alike: the longest such
  # beginning has them all.
  _leading_parameters      = element(sort([for path in local.paths : regex("^(?:/\\{[^{}]+\\})*", path)]), -1)
  _leading_parameter_names = flatten(regexall("\\{([^{}]+)\\}", local._leading_parameters))

  # A name that joins all of theirs differs from each.
  _proxy_path = "${local._leading_parameters}/{${join("_", concat(["proxy"], local._leading_parameter_names))}+}"

  # The greedy parameter does not match the paths above it.
  _paths_above_proxy = [
    for depth in range(length(local._leading_parameter_names) + 1) :
    "/${join("/", formatlist("{%s}", slice(local._leading_parameter_names, 0, depth)))}"
  ]

  _mock_responses = merge(
    {
      for resource in local.paths : resource => {
        status = "405"
        template = templatefile("${path.module}/templates/method_not_allowed.vtl.tftpl", {
          methods = join(", ", sort(concat(
            [for route in local.routes : route.method if route.path == resource],
            var.cors == null ? [] : ["OPTIONS"],
          )))
        })
      }
    },
    {
      for resource in setsubtract(concat(local._paths_above_proxy, [local._proxy_path]), local.paths) : resource => {
        status   = "404"
        template = file("${path.module}/templates/not_found.vtl")
      }
    },
  )

  catch_all_operations = {
    for path, refusal in local._mock_responses : path => {
      x-amazon-apigateway-any-method = {
        security   = []
        parameters = local.path_parameters[path]
        responses  = { (refusal.status) = local.error_response }
        x-amazon-apigateway-integration = {
          type                = "mock"
          passthroughBehavior = "when_no_match"
          requestTemplates    = { "application/json" = "{\"statusCode\": ${refusal.status}}" }
          responses = {
            default = {
              statusCode         = refusal.status
              responseParameters = local.cors_integration_headers
              responseTemplates  = { "application/json" = refusal.template }
            }
          }
        }
      }
    }
  }

  # OpenAPI parameters of each path.
  path_parameters = {
    for path in keys(local._mock_responses) : path => [
      for name in flatten(regexall("\\{([^{}+]+)\\+?\\}", path)) :
      { name = name, in = "path", required = true, schema = { type = "string" } }
    ]
  }
}
