# What each route calls, and how the request becomes the call's.

locals {
  # JSON inside a JSON string. $util.escapeJavaScript also writes \' for an
  # apostrophe, which JSON does not know; the pattern is a regular expression.
  _escaped = "$util.escapeJavaScript(%s).replaceAll(\"\\\\'\", \"'\")"

  # A text in the envelope is escaped twice: it becomes a JSON string first, and
  # the envelope's JSON becomes a JSON string itself.
  _text = format(local._escaped, local._escaped)

  # Never $input.body: what is written as it was sent could close the object
  # around it, or say a key twice. $input.json parses it and writes it anew.
  _body = format(local._escaped, "$input.json('$')")

  apis = "arn:${data.aws_partition.this.partition}:apigateway:${data.aws_region.this.name}"

  # Who called, as the route's authorization knows it.
  _principals = {
    for key, route in local.routes : key => (
      route.authorization == "AWS_IAM" ? "$context.identity.user" :
      route.authorization == "API_KEY" ? "$context.identity.apiKeyId" :
      route.authorization == "NONE" ? "" :
      var.authorizers[route.authorization].cognito != null ? "$context.authorizer.claims.sub" : "$context.authorizer.principalId"
    )
  }

  _starts = {
    for key, route in local.routes : key => route[route.action] if contains(["start", "start_sync"], route.action)
  }

  # Where a start's name comes from; null: Step Functions makes one.
  _name_headers    = { for key, start in local._starts : key => try(lower(start.name.header), null) }
  _name_parameters = { for key, start in local._starts : key => try(start.name.path_parameter, null) }
  _name_fields     = { for key, start in local._starts : key => try(start.name.field, null) }

  # Keys and values of the envelope, as they stand in the template.
  _envelopes = {
    for key, start in local._starts : key => {
      method           = "\\\"${local.routes[key].method}\\\""
      path             = "\\\"${format(local._text, "$context.path")}\\\""
      path_parameters  = "{${join(",", [for name in local.routes[key].path_parameters : "\\\"${name}\\\":\\\"${format(local._text, "$input.params().path.get('${name}')")}\\\""])}}"
      query_parameters = format(local._map, "$input.params().querystring", "$input.params().querystring")
      headers          = length(start.request_headers) == 0 ? "{}" : format(local._map, "$headers", "$headers")
      body             = local._body
      caller = "{${join(",", [
        "\\\"arn\\\":\\\"${format(local._text, "$context.identity.userArn")}\\\"",
        "\\\"account_id\\\":\\\"${format(local._text, "$context.identity.accountId")}\\\"",
        "\\\"source_ip\\\":\\\"${format(local._text, "$context.identity.sourceIp")}\\\"",
        "\\\"principal_id\\\":\\\"${local._principals[key] == "" ? "" : format(local._text, local._principals[key])}\\\"",
      ])}}"
      request_id   = "\\\"$context.requestId\\\""
      requested_at = "$context.requestTimeEpoch"
    } if start.input == "envelope"
  }

  # A map of texts, whatever its keys are.
  _map = "{#foreach($key in %s.keySet())\\\"${format(local._text, "$key")}\\\":\\\"${replace(local._text, "%s", "%s.get($key)")}\\\"#if($foreach.hasNext),#end#end}"

  _inputs = {
    for key, start in local._starts : key => (
      start.input == "body" ? local._body :
      "{${join(",", [for name, value in local._envelopes[key] : "\\\"${name}\\\":${value}"])}}"
    )
  }

  _request_templates = merge(
    {
      for key, start in local._starts : key => templatefile("${path.module}/templates/start_request.vtl.tftpl", {
        state_machine_arn = local.routes[key].state_machine_arn
        input             = local._inputs[key]
        headers           = [for name in distinct(concat(start.request_headers, compact([local._name_headers[key]]))) : lower(name)]
        name_header       = local._name_headers[key]
        name_parameter    = local._name_parameters[key]
        name_field        = local._name_fields[key]
        name              = format(local._escaped, "$name")
      })
    },
    {
      for key, name in local.execution_names : key => templatefile("${path.module}/templates/execution_request.vtl.tftpl", {
        execution_arn = local.execution_arns[key]
        name          = format(local._escaped, "$input.params().path.get('${name}')")
        error         = try(local.routes[key].stop.error, null)
      })
    },
    {
      for key, route in local.routes : key => templatefile("${path.module}/templates/${route.action}_request.vtl.tftpl", {
        token  = format(local._escaped, "$input.path('$.task_token')")
        output = format(local._escaped, "$input.json('$.output')")
        error  = format(local._escaped, "$error")
        cause  = format(local._escaped, "$cause")
      }) if startswith(route.action, "task_")
    },
  )

  step_functions_integrations = {
    for key, template in local._request_templates : key => {
      type                = "aws"
      httpMethod          = "POST"
      uri                 = "${local.apis}:states:action/${local.api_actions[local.routes[key].action]}"
      credentials         = local.role_arn
      passthroughBehavior = "never"
      requestTemplates    = { "application/json" = template }
      responses = {
        default = {
          statusCode         = local.success_status[key]
          responseParameters = local.cors_integration_headers
          responseTemplates  = { "application/json" = local.response_templates[key] }
        }
        "4\\d{2}" = {
          statusCode         = "400"
          responseParameters = local.cors_integration_headers
          responseTemplates = {
            "application/json" = templatefile("${path.module}/templates/client_error.vtl.tftpl", { action = local.routes[key].action })
          }
        }
        "5\\d{2}" = {
          statusCode         = "502"
          responseParameters = local.cors_integration_headers
          responseTemplates  = { "application/json" = file("${path.module}/templates/server_error.vtl") }
        }
      }
    }
  }

  # The role calls the function: no permission on each function for each route.
  lambda_integrations = {
    for key, route in local.routes : key => {
      type                = "aws_proxy"
      httpMethod          = "POST"
      uri                 = "${local.apis}:lambda:path/2015-03-31/functions/${route.lambda.function_arn}/invocations"
      credentials         = local.role_arn
      passthroughBehavior = "when_no_match"
    } if route.action == "lambda"
  }
}
