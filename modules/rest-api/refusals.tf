# What no route answers: paths that are not there (404), and methods that a path
# does not have (405). API Gateway's own answer to both is 403 "Missing
# Authentication Token", which sends the reader after credentials.

locals {
  # Beside a parameter API Gateway takes no second one, not even a greedy one: the
  # path of all others stands below the parameters with which paths begin (those of
  # `GET /{id}`). All routes name them alike, so the longest beginning has them all.
  _beginning       = element(sort([for path in local.paths : regex("^(?:/\\{[^{}]+\\})*", path)]), -1)
  _beginning_names = flatten(regexall("\\{([^{}]+)\\}", local._beginning))

  # Its own name is longer than each of theirs, and so another one.
  _other_paths = "${local._beginning}/{${join("_", concat(["proxy"], local._beginning_names))}+}"

  # A greedy parameter does not match the paths above it.
  _above_others = [
    for depth in range(length(local._beginning_names) + 1) :
    "/${join("/", formatlist("{%s}", slice(local._beginning_names, 0, depth)))}"
  ]

  _refusals = merge(
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
      for resource in setsubtract(concat(local._above_others, [local._other_paths]), local.paths) : resource => {
        status   = "404"
        template = file("${path.module}/templates/not_found.vtl")
      }
    },
  )

  refusal_operations = {
    for path, refusal in local._refusals : path => {
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

  # As the operations of a path declare them.
  path_parameters = {
    for path in keys(local._refusals) : path => [
      for name in flatten(regexall("\\{([^{}+]+)\\+?\\}", path)) :
      { name = name, in = "path", required = true, schema = { type = "string" } }
    ]
  }
}
