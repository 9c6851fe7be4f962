# The integration of each route, and the mapping of its request.

locals {
  # Escapes a text for a JSON string. $util.escapeJavaScript writes \' for an
  # apostrophe, which JSON does not allow; replaceAll takes a regular
  # expression.
  _escape = "$util.escapeJavaScript(%s).replaceAll(\"\\\\'\", \"'\")"

  # A text in the envelope is a JSON string in JSON that is itself a JSON
  # string.
  _escape_twice = format(local._escape, local._escape)

  # Not $input.body: an unparsed body could close the object around it, or
  # repeat a key. $input.json parses the body and serializes it again.
  _escaped_body = format(local._escape, "$input.json('$')")

  apigateway_arn = "arn:${data.aws_partition.this.partition}:apigateway:${data.aws_region.this.name}"

  # Identity of the caller, as the route's authorization knows it.
  _principal_ids = {
    for key, route in local.routes : key => (
      route.authorization == "AWS_IAM" ? "$context.identity.user" :
      route.authorization == "API_KEY" ? "$context.identity.apiKeyId" :
      route.authorization == "NONE" ? "" :
      var.authorizers[route.authorization].cognito != null ? "$context.authorizer.claims.sub" : "$context.authorizer.principalId"
    )
  }

  _start_actions = {
    for key, route in local.routes : key => route[route.action] if contains(["start", "start_sync"], route.action)
  }

  # Source of an execution's name. Null: Step Functions makes one.
  _name_headers    = { for key, start in local._start_actions : key => try(lower(start.name.header), null) }
  _name_parameters = { for key, start in local._start_actions : key => try(start.name.path_parameter, null) }
  _name_fields     = { for key, start in local._start_actions : key => try(start.name.field, null) }

  # Keys of the envelope, each with the template of its value.
  _envelopes = {
    for key, start in local._start_actions : key => {
      method           = "\\\"${local.routes[key].method}\\\""
      path             = "\\\"${format(local._escape_twice, "$context.path")}\\\""
      path_parameters  = "{${join(",", [for name in local.routes[key].path_parameters : "\\\"${name}\\\":\\\"${format(local._escape_twice, "$input.params().path.get('${name}')")}\\\""])}}"
      query_parameters = format(local._map_template, "$input.params().querystring", "$input.params().querystring")
      headers          = length(start.request_headers) == 0 ? "{}" : format(local._map_template, "$headers", "$headers")
      body             = local._escaped_body
      caller = "{${join(",", [
        "\\\"arn\\\":\\\"${format(local._escape_twice, "$context.identity.userArn")}\\\"",
        "\\\"account_id\\\":\\\"${format(local._escape_twice, "$context.identity.accountId")}\\\"",
        "\\\"source_ip\\\":\\\"${format(local._escape_twice, "$context.identity.sourceIp")}\\\"",
        "\\\"principal_id\\\":\\\"${local._principal_ids[key] == "" ? "" : format(local._escape_twice, local._principal_ids[key])}\\\"",
      ])}}"
      request_id   = "\\\"$context.requestId\\\""
      requested_at = "$context.requestTimeEpoch"
    } if start.input == "envelope"
  }

  # A map of texts with keys that only the request knows.
  _map_template = "{#foreach($key in %s.keySet())\\\"${format(local._escape_twice, "$key")}\\\":\\\"${replace(local._escape_twice, "%s", "%s.get($key)")}\\\"#if($foreach.hasNext),#end#end}"

  _inputs = {
    for key, start in local._start_actions : key => (
      start.input == "body" ? local._escaped_body :
      "{${join(",", [for name, value in local._envelopes[key] : "\\\"${name}\\\":${value}"])}}"
    )
  }

  _request_templates = merge(
    {
      for key, start in local._start_actions : key => templatefile("${path.module}/templates/start_request.vtl.tftpl", {
        state_machine_arn = local.routes[key].state_machine_arn
        input             = local._inputs[key]
        headers           = [for name in distinct(concat(start.request_headers, compact([local._name_headers[key]]))) : lower(name)]
        name_header       = local._name_headers[key]
        name_parameter    = local._name_parameters[key]
        name_field        = local._name_fields[key]
        name              = format(local._escape, "$name")
      })
    },
    {
      for key, name in local.execution_names : key => templatefile("${path.module}/templates/execution_request.vtl.tftpl", {
        execution_arn = local.execution_arns[key]
        name          = format(local._escape, "$input.params().path.get('${name}')")
        error         = try(local.routes[key].stop.error, null)
      })
    },
    {
      for key, route in local.routes : key => templatefile("${path.module}/templates/${route.action}_request.vtl.tftpl", {
        token  = format(local._escape, "$input.path('$.task_token')")
        output = format(local._escape, "$input.json('$.output')")
        error  = format(local._escape, "$error")
        cause  = format(local._escape, "$cause")
      }) if startswith(route.action, "task_")
    },
  )

  step_functions_integrations = {
    for key, template in local._request_templates : key => {
      type                = "aws"
      httpMethod          = "POST"
      uri                 = "${local.apigateway_arn}:states:action/${local.api_actions[local.routes[key].action]}"
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

  # The API's role calls the function, which then needs no resource policy.
  lambda_integrations = {
    for key, route in local.routes : key => {
      type                = "aws_proxy"
      httpMethod          = "POST"
      uri                 = "${local.apigateway_arn}:lambda:path/2015-03-31/functions/${route.lambda.function_arn}/invocations"
      credentials         = local.role_arn
      passthroughBehavior = "when_no_match"
    } if route.action == "lambda"
  }
}
