resource "aws_cloudwatch_log_group" "access" {
  count = var.access_logs == null ? 0 : 1

  name              = "/aws/apigateway/${var.name}/access"
  retention_in_days = var.access_logs.retention_in_days
  kms_key_id        = var.access_logs.kms_key_arn
  tags              = var.tags
}

locals {
  # Caller, route, time, result and duration. Bodies and headers are not
  # logged.
  access_log = {
    request_id          = "$context.requestId"
    time                = "$context.requestTimeEpoch"
    source_ip           = "$context.identity.sourceIp"
    caller              = "$context.identity.userArn"
    method              = "$context.httpMethod"
    resource            = "$context.resourcePath"
    path                = "$context.path"
    status              = "$context.status"
    error               = "$context.error.responseType"
    latency_ms          = "$context.responseLatency"
    integration_status  = "$context.integration.status"
    integration_latency = "$context.integration.latency"
  }
}
