# Effects of each option on the document, the stage and the role.
mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:111122223333:log-group:access" }
  }
  mock_resource "aws_api_gateway_stage" {
    defaults = { arn = "arn:aws:apigateway:us-east-1::/restapis/a/stages/live" }
  }
  mock_resource "aws_api_gateway_rest_api" {
    defaults = { execution_arn = "arn:aws:execute-api:us-east-1:111122223333:abc123" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/api" }
  }
}

variables {
  name = "api"
  routes = {
    "GET /a" = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
  }
}

run "a_start_is_integrated_without_a_function" {
  command = apply
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].post["x-amazon-apigateway-integration"].uri == "arn:aws:apigateway:us-east-1:states:action/StartExecution"
    error_message = "the wrong action"
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].post["x-amazon-apigateway-integration"].passthroughBehavior == "never"
    error_message = "any content type would be passed on"
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].post.security == [{ sigv4 = [] }]
    error_message = "IAM is the default"
  }
  assert {
    condition     = jsondecode(aws_iam_role_policy.this[0].policy).Statement == [{ Effect = "Allow", Action = "states:StartExecution", Resource = ["arn:aws:states:us-east-1:111122223333:stateMachine:quote"] }]
    error_message = "more or less than the route needs"
  }
}

run "the_role_may_do_what_its_routes_do_and_nothing_else" {
  command = apply
  variables {
    routes = {
      "POST /a"          = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote:live" } }
      "POST /a/again"    = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote:7" } }
      "POST /b"          = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote-2" } }
      "GET /a/{name}"    = { describe = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote:live" } }
      "DELETE /a/{name}" = { stop = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
      "POST /success"    = { task_success = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
      "POST /failure"    = { task_failure = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
      "POST /heartbeat"  = { task_heartbeat = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
      "POST /function"   = { lambda = { function_arn = "arn:aws:lambda:us-east-1:111122223333:function:handle" } }
    }
  }
  assert {
    condition     = length(jsondecode(aws_iam_role_policy.this[0].policy).Statement) == 7
    error_message = "one statement for each action"
  }
  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.this[0].policy).Statement : s.Resource if s.Action == "states:StartExecution"][0] == ["arn:aws:states:us-east-1:111122223333:stateMachine:quote", "arn:aws:states:us-east-1:111122223333:stateMachine:quote-2"]
    error_message = "machines without their qualifiers"
  }
  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.this[0].policy).Statement : s.Resource if s.Action == "states:DescribeExecution"][0] == ["arn:aws:states:us-east-1:111122223333:execution:quote:*"]
    error_message = "executions of the machine"
  }
  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.this[0].policy).Statement : s.Resource if s.Action == "states:StopExecution"][0] == ["arn:aws:states:us-east-1:111122223333:execution:quote:*"]
    error_message = "executions of the machine"
  }
  assert {
    condition     = alltrue([for s in jsondecode(aws_iam_role_policy.this[0].policy).Statement : s.Resource == ["arn:aws:states:us-east-1:111122223333:stateMachine:quote"] if startswith(s.Action, "states:SendTask")])
    error_message = "tasks of the machine"
  }
  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.this[0].policy).Statement : s.Resource if s.Action == "lambda:InvokeFunction"][0] == ["arn:aws:lambda:us-east-1:111122223333:function:handle"]
    error_message = "the function"
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/function"].post["x-amazon-apigateway-integration"].type == "aws_proxy"
    error_message = "a function is a proxy"
  }
}

run "an_api_key_route_asks_for_a_key_of_its_plan" {
  command = apply
  variables {
    routes      = { "GET /a" = { authorization = "API_KEY", start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
    usage_plans = { partners = { api_keys = ["acme", "globex"], quota = { limit = 1000, period = "DAY" }, throttle = { rate_limit = 5, burst_limit = 10 } } }
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].get.security == [{ api_key = [] }]
    error_message = "no key asked for"
  }
  assert {
    condition     = jsondecode(output.openapi).components.securitySchemes.api_key.name == "x-api-key"
    error_message = "the wrong header"
  }
  assert {
    condition     = keys(output.api_key_ids) == ["acme", "globex"]
    error_message = "a key for each name"
  }
  assert {
    condition     = aws_api_gateway_usage_plan.this["partners"].quota_settings[0].limit == 1000
    error_message = "no quota"
  }
  assert {
    condition     = aws_api_gateway_usage_plan.this["partners"].throttle_settings[0].burst_limit == 10
    error_message = "no throttle"
  }
  assert {
    condition     = length(aws_api_gateway_usage_plan_key.this) == 2
    error_message = "keys outside the plan"
  }
}

run "a_cognito_route_asks_for_a_token_with_a_scope" {
  command = apply
  variables {
    routes      = { "GET /a" = { authorization = "people", scopes = ["orders/read"], start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
    authorizers = { people = { cognito = { user_pool_arns = ["arn:aws:cognito-idp:us-east-1:111122223333:userpool/a"] } } }
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].get.security == [{ people = ["orders/read"] }]
    error_message = "no token asked for"
  }
  assert {
    condition     = jsondecode(output.openapi).components.securitySchemes.people["x-amazon-apigateway-authorizer"].type == "cognito_user_pools"
    error_message = "no authorizer"
  }
  assert {
    condition     = strcontains(jsondecode(output.openapi).paths["/a"].get["x-amazon-apigateway-integration"].requestTemplates["application/json"], "$context.authorizer.claims.sub")
    error_message = "the caller is not in the envelope"
  }
}

run "a_lambda_authorizer_is_called_with_the_apis_role" {
  command = apply
  variables {
    routes      = { "GET /a" = { authorization = "partners", start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
    authorizers = { partners = { lambda = { function_arn = "arn:aws:lambda:us-east-1:111122223333:function:handle", identity_headers = ["Authorization", "X-Tenant"], cache_seconds = 60 } } }
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].get.security == [{ partners = [] }]
    error_message = "no authorizer asked"
  }
  assert {
    condition     = jsondecode(output.openapi).components.securitySchemes.partners["x-amazon-apigateway-authorizer"].identitySource == "method.request.header.Authorization, method.request.header.X-Tenant"
    error_message = "the wrong identity"
  }
  assert {
    condition     = jsondecode(output.openapi).components.securitySchemes.partners["x-amazon-apigateway-authorizer"].authorizerResultTtlInSeconds == 60
    error_message = "the wrong time"
  }
  assert {
    condition     = [for s in jsondecode(aws_iam_role_policy.this[0].policy).Statement : s.Resource if s.Action == "lambda:InvokeFunction"][0] == ["arn:aws:lambda:us-east-1:111122223333:function:handle"]
    error_message = "the role may not call it"
  }
}

run "none_is_open_only_when_written" {
  command = apply
  variables {
    routes = { "GET /a" = { authorization = "NONE", start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  assert {
    condition     = length(jsondecode(output.openapi).paths["/a"].get.security) == 0
    error_message = "still closed"
  }
}

run "a_schema_is_a_reference_that_api_gateway_enforces" {
  command = apply
  variables {
    schemas = { Item = jsonencode({ type = "string" }) }
    routes  = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, schema = jsonencode({ type = "array", items = { "$ref" = "#/components/schemas/Item" } }) } }
  }
  assert {
    condition     = startswith(jsondecode(output.openapi).paths["/a"].post.requestBody.content["application/json"].schema["$ref"], "#/components/schemas/Body")
    error_message = "not a reference"
  }
  assert {
    condition     = jsondecode(output.openapi).components.schemas[replace(jsondecode(output.openapi).paths["/a"].post.requestBody.content["application/json"].schema["$ref"], "#/components/schemas/", "")].items["$ref"] == "#/components/schemas/Item"
    error_message = "not the schema"
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].post["x-amazon-apigateway-request-validator"] == "body"
    error_message = "not validated"
  }
}

run "required_parameters_are_validated" {
  command = apply
  variables {
    routes = {
      "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, required_headers = ["X-Shop"] }
      "POST /b" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, required_query_parameters = ["q"], schema = "{}" }
    }
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].post["x-amazon-apigateway-request-validator"] == "parameters"
    error_message = "headers are not validated"
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].post.parameters[0].name == "X-Shop"
    error_message = "no header"
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/b"].post["x-amazon-apigateway-request-validator"] == "all"
    error_message = "not all is validated"
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/b"].post.parameters[0].in == "query"
    error_message = "no query parameter"
  }
}

run "cors_is_on_answers_errors_and_preflights" {
  command = apply
  variables {
    cors = { allow_origin = "https://shop.example.com", allow_credentials = true, max_age_in_seconds = 60 }
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].options["x-amazon-apigateway-integration"].responses.default.responseParameters["method.response.header.Access-Control-Max-Age"] == "'60'"
    error_message = "no preflight"
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a"].get["x-amazon-apigateway-integration"].responses.default.responseParameters["method.response.header.Access-Control-Allow-Origin"] == "'https://shop.example.com'"
    error_message = "not on answers"
  }
  assert {
    condition     = alltrue([for r in values(jsondecode(output.openapi)["x-amazon-apigateway-gateway-responses"]) : r.responseParameters["gatewayresponse.header.Access-Control-Allow-Credentials"] == "'true'"])
    error_message = "not on errors"
  }
}

run "callers_of_other_accounts_are_let_in_by_the_policy" {
  command = apply
  variables {
    access = { account_ids = ["444455556666"] }
  }
  assert {
    condition     = jsondecode(aws_api_gateway_rest_api_policy.this[0].policy).Statement == [{ Action = "execute-api:Invoke", Effect = "Allow", Principal = { AWS = ["arn:aws:iam::111122223333:root", "arn:aws:iam::444455556666:root"] }, Resource = ["arn:aws:execute-api:us-east-1:111122223333:abc123/live/GET/a"] }]
    error_message = "not these accounts"
  }
}

run "addresses_outside_the_ranges_are_kept_out" {
  command = apply
  variables {
    access = { source_cidrs = ["192.0.2.0/24"] }
    routes = { "GET /a/{b}" = { authorization = "NONE", start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  assert {
    condition     = jsondecode(aws_api_gateway_rest_api_policy.this[0].policy).Statement[0].Resource == ["arn:aws:execute-api:us-east-1:111122223333:abc123/live/GET/a/*"]
    error_message = "the route is not let in"
  }
  assert {
    condition     = jsondecode(aws_api_gateway_rest_api_policy.this[0].policy).Statement[1].Condition.NotIpAddress["aws:SourceIp"] == ["192.0.2.0/24"]
    error_message = "the others are not kept out"
  }
}

run "a_private_api_is_reached_through_its_vpc_endpoints" {
  command = apply
  variables {
    endpoint = { type = "PRIVATE", vpc_endpoint_ids = ["vpce-1"] }
    access   = { vpc_endpoint_ids = ["vpce-1"], source_cidrs = ["10.0.0.0/8"] }
  }
  assert {
    condition     = aws_api_gateway_rest_api.this.endpoint_configuration[0].types[0] == "PRIVATE"
    error_message = "not private"
  }
  assert {
    condition     = jsondecode(aws_api_gateway_rest_api_policy.this[0].policy).Statement[1].Condition.NotIpAddress["aws:VpcSourceIp"] == ["10.0.0.0/8"]
    error_message = "addresses of the VPC"
  }
  assert {
    condition     = jsondecode(aws_api_gateway_rest_api_policy.this[0].policy).Statement[2].Condition.StringNotEquals["aws:SourceVpce"] == ["vpce-1"]
    error_message = "any endpoint"
  }
}

run "a_policy_of_ones_own_is_taken_as_it_is" {
  command = apply
  variables {
    access = { policy = jsonencode({ Statement = [{ Effect = "Deny", Principal = "*", Action = "*", Resource = "*" }] }) }
  }
  assert {
    condition     = jsondecode(aws_api_gateway_rest_api_policy.this[0].policy).Statement[0].Effect == "Deny"
    error_message = "another policy"
  }
}

run "nothing_optional_is_on_by_itself" {
  command = apply
  variables {
    stage_name = "live"
  }
  assert {
    condition     = length(aws_cloudwatch_log_group.access) + length(aws_api_gateway_method_settings.this) + length(aws_api_gateway_domain_name.this) + length(aws_wafv2_web_acl_association.this) + length(aws_api_gateway_deployment.canary) == 0
    error_message = "more than five resources"
  }
  assert {
    condition     = aws_api_gateway_stage.this.xray_tracing_enabled == false
    error_message = "traced"
  }
  assert {
    condition     = length(aws_api_gateway_rest_api_policy.this) == 0
    error_message = "a policy"
  }
}

run "limits_logs_and_metrics_of_the_stage" {
  command = apply
  variables {
    throttle        = { rate_limit = 5, burst_limit = 10 }
    execution_logs  = { level = "INFO" }
    metrics         = true
    tracing         = true
    access_logs     = { retention_in_days = 7 }
    stage_variables = { colour = "blue" }
  }
  assert {
    condition     = aws_api_gateway_method_settings.this[0].settings[0].throttling_rate_limit == 5
    error_message = "no throttle"
  }
  assert {
    condition     = aws_api_gateway_method_settings.this[0].settings[0].logging_level == "INFO"
    error_message = "no log"
  }
  assert {
    condition     = aws_api_gateway_method_settings.this[0].settings[0].data_trace_enabled == false
    error_message = "bodies in the log"
  }
  assert {
    condition     = aws_api_gateway_method_settings.this[0].settings[0].metrics_enabled
    error_message = "no metrics"
  }
  assert {
    condition     = aws_api_gateway_stage.this.xray_tracing_enabled
    error_message = "not traced"
  }
  assert {
    condition     = aws_cloudwatch_log_group.access[0].retention_in_days == 7
    error_message = "the wrong retention"
  }
  assert {
    condition     = aws_api_gateway_stage.this.variables == tomap({ colour = "blue" })
    error_message = "no stage variables"
  }
  assert {
    condition     = alltrue([for value in values(jsondecode(aws_api_gateway_stage.this.access_log_settings[0].format)) : startswith(value, "$context.")])
    error_message = "a log that is not JSON"
  }
}

run "a_route_has_limits_of_its_own" {
  command = apply
  variables {
    metrics = true
    routes = {
      "GET /"         = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, throttle = { rate_limit = 1, burst_limit = 2 } }
      "POST /a/{b}/c" = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, throttle = { rate_limit = 3, burst_limit = 4 } }
    }
  }
  assert {
    condition     = aws_api_gateway_method_settings.route["GET /"].method_path == "~1/GET"
    error_message = "the wrong method"
  }
  assert {
    condition     = aws_api_gateway_method_settings.route["POST /a/{b}/c"].method_path == "a/{b}/c/POST"
    error_message = "the wrong method"
  }
  assert {
    condition     = aws_api_gateway_method_settings.route["GET /"].settings[0].throttling_burst_limit == 2
    error_message = "the wrong limit"
  }
  assert {
    condition     = aws_api_gateway_method_settings.route["GET /"].settings[0].metrics_enabled
    error_message = "the settings of the stage are lost"
  }
}

run "a_canary_leaves_the_stable_deployment_alone" {
  command = apply
  variables {
    canary = { percent_traffic = 10, stable_revision = "00000000000000000000000000000000000000000000000000000000000000ab" }
  }
  assert {
    condition     = output.revision == "00000000000000000000000000000000000000000000000000000000000000ab"
    error_message = "the stable deployment is replaced"
  }
  assert {
    condition     = aws_api_gateway_deployment.canary[0].triggers.document == sha256(output.openapi)
    error_message = "the canary is not what is applied"
  }
  assert {
    condition     = aws_api_gateway_stage.this.canary_settings[0].percent_traffic == 10
    error_message = "no traffic"
  }
}

run "a_web_acl_is_put_before_the_stage" {
  command = apply
  variables {
    web_acl = { arn = "arn:aws:wafv2:us-east-1:111122223333:regional/webacl/a/b" }
  }
  assert {
    condition     = length(aws_wafv2_web_acl_association.this) == 1
    error_message = "no association"
  }
}

run "a_domain_can_be_the_only_way_in" {
  command = apply
  variables {
    domain = { name = "api.example.com", certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/a", base_path = "v1", only = true }
  }
  assert {
    condition     = aws_api_gateway_domain_name.this[0].regional_certificate_arn == "arn:aws:acm:us-east-1:111122223333:certificate/a"
    error_message = "no certificate"
  }
  assert {
    condition     = aws_api_gateway_base_path_mapping.this[0].base_path == "v1"
    error_message = "no mapping"
  }
  assert {
    condition     = aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "the default host name is open"
  }
}

run "an_edge_domain_has_its_certificate_in_cloudfront" {
  command = apply
  variables {
    endpoint = { type = "EDGE" }
    domain   = { name = "api.example.com", certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/a" }
  }
  assert {
    condition     = aws_api_gateway_domain_name.this[0].certificate_arn == "arn:aws:acm:us-east-1:111122223333:certificate/a"
    error_message = "no certificate"
  }
}

run "operations_have_ids_of_their_own" {
  command = apply
  variables {
    routes = { "GET /a-b" = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }, "GET /a/b" = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  assert {
    condition     = jsondecode(output.openapi).paths["/a-b"].get.operationId != jsondecode(output.openapi).paths["/a/b"].get.operationId
    error_message = "one id for two"
  }
}

run "every_error_of_the_gateway_is_json_of_one_shape" {
  command = apply
  variables {
    stage_name = "live"
  }
  assert {
    condition     = alltrue([for r in values(jsondecode(output.openapi)["x-amazon-apigateway-gateway-responses"]) : keys(jsondecode(replace(r.responseTemplates["application/json"], "$context.error.messageString", "\"m\""))) == ["error", "message", "request_id"]])
    error_message = "another shape"
  }
  assert {
    condition     = jsondecode(output.openapi)["x-amazon-apigateway-gateway-responses"].THROTTLED.responseParameters["gatewayresponse.header.Retry-After"] == "'1'"
    error_message = "no Retry-After"
  }
}
