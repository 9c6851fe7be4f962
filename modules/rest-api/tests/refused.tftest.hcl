# Inputs that the module refuses, one mistake each.
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

run "no_routes" {
  command = plan
  variables {
    routes = {}
  }
  expect_failures = [var.routes]
}

run "a_path_without_its_slash" {
  command = plan
  variables {
    routes = { "POST a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  expect_failures = [var.routes]
}

run "an_unknown_method" {
  command = plan
  variables {
    routes = { "FETCH /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  expect_failures = [var.routes]
}

run "two_spaces" {
  command = plan
  variables {
    routes = { "POST  /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  expect_failures = [var.routes]
}

run "an_open_brace" {
  command = plan
  variables {
    routes = { "POST /{a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  expect_failures = [var.routes]
}

run "two_parameters_of_one_name" {
  command = plan
  variables {
    routes = { "POST /{a}/{a}" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  expect_failures = [var.routes]
}

run "two_names_at_one_place" {
  command = plan
  variables {
    routes = { "GET /a/{b}" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }, "GET /a/{c}/d" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "no_action" {
  command = plan
  variables {
    routes = { "POST /a" = { authorization = "NONE" } }
  }
  expect_failures = [var.routes]
}

run "two_actions" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  expect_failures = [var.routes]
}

run "an_unknown_authorization" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, authorization = "OPEN" } }
  }
  expect_failures = [var.routes]
}

run "scopes_without_cognito" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, scopes = ["orders/read"] } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "an_unknown_type_of_machine" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", state_machine_type = "FAST" } } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "a_synchronous_start_of_a_standard_machine" {
  command = plan
  variables {
    routes = { "POST /a" = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", state_machine_type = "STANDARD" } } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "describing_an_express_machine" {
  command = plan
  variables {
    routes = { "GET /a/{b}" = { describe = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", state_machine_type = "EXPRESS" } } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "stopping_an_express_machine" {
  command = plan
  variables {
    routes = { "DELETE /a/{b}" = { stop = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", state_machine_type = "EXPRESS" } } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "an_unknown_response" {
  command = plan
  variables {
    routes = { "POST /a" = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", response = "raw" } } }
  }
  expect_failures = [var.routes]
}

run "an_unknown_input" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", input = "raw" } } }
  }
  expect_failures = [var.routes]
}

run "response_headers_of_an_output" {
  command = plan
  variables {
    routes = { "POST /a" = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", response_headers = ["Location"] } } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "request_headers_without_an_envelope" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", request_headers = ["X-A"] } } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "a_header_that_is_no_header" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", name = { header = "X Y" } } } }
  }
  expect_failures = [var.routes]
}

run "a_required_header_that_is_no_header" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, required_headers = ["X'Y"] } }
  }
  expect_failures = [var.routes]
}

run "a_query_parameter_that_is_none" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, required_query_parameters = ["a b"] } }
  }
  expect_failures = [var.routes]
}

run "two_sources_of_a_name" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", name = { header = "X-A", field = "a" } } } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "a_path_parameter_that_is_not_in_the_path" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", name = { path_parameter = "b" } } } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "describing_without_a_path_parameter" {
  command = plan
  variables {
    routes = { "GET /a" = { describe = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  expect_failures = [var.routes]
}

run "stopping_without_a_path_parameter" {
  command = plan
  variables {
    routes = { "DELETE /a" = { stop = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  expect_failures = [var.routes]
}

run "a_field_that_is_a_template" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", name = { field = "a')" } } } }
  }
  expect_failures = [var.routes]
}

run "a_schema_of_a_get" {
  command = plan
  variables {
    routes = { "GET /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, schema = "{}" } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "a_task_answered_by_a_get" {
  command = plan
  variables {
    routes = { "GET /a" = { task_success = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "including_the_arn" {
  command = plan
  variables {
    routes = { "GET /a/{b}" = { describe = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", include = ["executionArn"] } } }
  }
  expect_failures = [var.routes]
}

run "an_error_that_is_a_sentence" {
  command = plan
  variables {
    routes = { "DELETE /a/{b}" = { stop = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote", error = "it's over" } } }
  }
  expect_failures = [var.routes]
}

run "a_route_throttled_to_nothing" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, throttle = { rate_limit = 0, burst_limit = 1 } } }
  }
  expect_failures = [var.routes]
}

run "a_schema_that_is_not_json" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, schema = "object" } }
  }
  expect_failures = [var.routes]
}

run "a_schema_of_another_draft" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, schema = "{\"exclusiveMinimum\": 1}" } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "an_unknown_reference" {
  command = plan
  variables {
    routes = { "POST /a" = { start = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" }, schema = "{\"$ref\": \"#/components/schemas/Order\"}" } }
  }
  expect_failures = [aws_api_gateway_rest_api.this]
}

run "a_schema_with_a_dash" {
  command = plan
  variables {
    schemas = { "my-order" = "{}" }
  }
  expect_failures = [var.schemas]
}

run "a_schema_of_the_modules_own_name" {
  command = plan
  variables {
    schemas = { ErrorResponse = "{}" }
  }
  expect_failures = [var.schemas]
}

run "a_named_schema_that_is_not_json" {
  command = plan
  variables {
    schemas = { Order = "object" }
  }
  expect_failures = [var.schemas]
}

run "a_named_schema_of_another_draft" {
  command = plan
  variables {
    schemas = { Order = "{\"exclusiveMaximum\": 1}" }
  }
  expect_failures = [var.schemas]
}

run "an_unknown_reference_of_a_named_schema" {
  command = plan
  variables {
    schemas = { Order = "{\"$ref\": \"#/definitions/Item\"}" }
  }
  expect_failures = [var.schemas]
}

run "a_name_with_a_space" {
  command = plan
  variables {
    name = "my api"
  }
  expect_failures = [var.name]
}

run "a_stage_with_a_slash" {
  command = plan
  variables {
    stage_name = "v1/x"
  }
  expect_failures = [var.stage_name]
}

run "an_authorizer_of_both_kinds" {
  command = plan
  variables {
    authorizers = { a = { cognito = { user_pool_arns = ["arn:aws:cognito-idp:us-east-1:111122223333:userpool/a"] }, lambda = { function_arn = "arn:aws:lambda:us-east-1:111122223333:function:handle" } } }
  }
  expect_failures = [var.authorizers]
}

run "an_authorizer_of_no_kind" {
  command = plan
  variables {
    authorizers = { a = {} }
  }
  expect_failures = [var.authorizers]
}

run "an_authorizer_with_a_word_of_the_module" {
  command = plan
  variables {
    authorizers = { NONE = { lambda = { function_arn = "arn:aws:lambda:us-east-1:111122223333:function:handle" } } }
  }
  expect_failures = [var.authorizers]
}

run "an_authorizer_without_user_pools" {
  command = plan
  variables {
    authorizers = { a = { cognito = { user_pool_arns = [] } } }
  }
  expect_failures = [var.authorizers]
}

run "an_answer_kept_for_a_day" {
  command = plan
  variables {
    authorizers = { a = { lambda = { function_arn = "arn:aws:lambda:us-east-1:111122223333:function:handle", cache_seconds = 86400 } } }
  }
  expect_failures = [var.authorizers]
}

run "an_answer_kept_for_everyone" {
  command = plan
  variables {
    authorizers = { a = { lambda = { function_arn = "arn:aws:lambda:us-east-1:111122223333:function:handle", identity_headers = [] } } }
  }
  expect_failures = [var.authorizers]
}

run "an_account_with_dashes" {
  command = plan
  variables {
    access = { account_ids = ["1111-2222-3333"] }
  }
  expect_failures = [var.access]
}

run "a_range_without_its_length" {
  command = plan
  variables {
    access = { source_cidrs = ["192.0.2.1"] }
  }
  expect_failures = [var.access]
}

run "a_policy_without_a_statement" {
  command = plan
  variables {
    access = { policy = "{}" }
  }
  expect_failures = [var.access]
}

run "a_policy_beside_its_substitutes" {
  command = plan
  variables {
    access = { policy = "{\"Statement\": []}", source_cidrs = ["192.0.2.0/24"] }
  }
  expect_failures = [var.access]
}

run "an_unknown_endpoint" {
  command = plan
  variables {
    endpoint = { type = "LOCAL" }
  }
  expect_failures = [var.endpoint]
}

run "vpc_endpoints_of_a_public_api" {
  command = plan
  variables {
    endpoint = { vpc_endpoint_ids = ["vpce-1"] }
  }
  expect_failures = [var.endpoint]
}

run "a_private_api_that_nobody_can_call" {
  command = plan
  variables {
    endpoint = { type = "PRIVATE" }
  }
  expect_failures = [var.endpoint]
}

run "an_origin_with_a_path" {
  command = plan
  variables {
    cors = { allow_origin = "https://example.com/" }
  }
  expect_failures = [var.cors]
}

run "credentials_for_everyone" {
  command = plan
  variables {
    cors = { allow_origin = "*", allow_credentials = true }
  }
  expect_failures = [var.cors]
}

run "a_cors_header_that_is_no_header" {
  command = plan
  variables {
    cors = { allow_origin = "*", allow_headers = ["X Y"] }
  }
  expect_failures = [var.cors]
}

run "a_negative_age" {
  command = plan
  variables {
    cors = { allow_origin = "*", max_age_in_seconds = -1 }
  }
  expect_failures = [var.cors]
}

run "a_stage_throttled_to_nothing" {
  command = plan
  variables {
    throttle = { rate_limit = 0, burst_limit = 1 }
  }
  expect_failures = [var.throttle]
}

run "a_quota_per_hour" {
  command = plan
  variables {
    usage_plans = { a = { api_keys = [], quota = { limit = 1, period = "HOUR" } } }
  }
  expect_failures = [var.usage_plans]
}

run "a_plan_throttled_to_nothing" {
  command = plan
  variables {
    usage_plans = { a = { api_keys = [], throttle = { rate_limit = 1, burst_limit = 0 } } }
  }
  expect_failures = [var.usage_plans]
}

run "a_key_in_two_plans" {
  command = plan
  variables {
    usage_plans = { a = { api_keys = ["x"] }, b = { api_keys = ["x"] } }
  }
  expect_failures = [var.usage_plans]
}

run "an_unknown_level" {
  command = plan
  variables {
    execution_logs = { level = "DEBUG" }
  }
  expect_failures = [var.execution_logs]
}

run "a_stage_variable_with_a_space" {
  command = plan
  variables {
    stage_variables = { a = "b c" }
  }
  expect_failures = [var.stage_variables]
}

run "a_canary_of_more_than_all" {
  command = plan
  variables {
    canary = { percent_traffic = 101, stable_revision = "0000000000000000000000000000000000000000000000000000000000000000" }
  }
  expect_failures = [var.canary]
}

run "a_canary_without_a_revision" {
  command = plan
  variables {
    canary = { percent_traffic = 10, stable_revision = "v1" }
  }
  expect_failures = [var.canary]
}

run "a_domain_in_capitals" {
  command = plan
  variables {
    domain = { name = "API.example.com", certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/a" }
  }
  expect_failures = [var.domain]
}

run "a_domain_of_a_private_api" {
  command = plan
  variables {
    endpoint = { type = "PRIVATE" }
    access   = { vpc_endpoint_ids = ["vpce-1"] }
    domain   = { name = "api.example.com", certificate_arn = "arn:aws:acm:us-east-1:111122223333:certificate/a" }
  }
  expect_failures = [var.domain]
}
