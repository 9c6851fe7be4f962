# Limits, logs and metrics of the stage, and of routes with a throttle.

locals {
  throttled_routes = { for key, route in local.routes : key => route if route.throttle != null }

  has_settings = var.throttle != null || var.execution_logs != null || var.metrics

  logging_level = try(var.execution_logs.level, "OFF")
}

resource "aws_api_gateway_method_settings" "this" {
  count = local.has_settings ? 1 : 0

  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    # -1: the account's limit.
    throttling_rate_limit  = try(var.throttle.rate_limit, -1)
    throttling_burst_limit = try(var.throttle.burst_limit, -1)
    logging_level          = local.logging_level
    data_trace_enabled     = try(var.execution_logs.include_bodies, false)
    metrics_enabled        = var.metrics
  }
}

# A method's settings replace all of the stage's.
resource "aws_api_gateway_method_settings" "route" {
  for_each = local.throttled_routes

  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "${each.value.path == "/" ? "~1" : trimprefix(each.value.path, "/")}/${each.value.method}"

  settings {
    throttling_rate_limit  = each.value.throttle.rate_limit
    throttling_burst_limit = each.value.throttle.burst_limit
    logging_level          = local.logging_level
    data_trace_enabled     = try(var.execution_logs.include_bodies, false)
    metrics_enabled        = var.metrics
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.web_acl == null ? 0 : 1

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = var.web_acl.arn
}
