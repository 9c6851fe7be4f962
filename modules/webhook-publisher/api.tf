module "api" {
  source = "../rest-api"

  name       = var.name
  stage_name = var.stage_name
  throttle   = var.throttle
  cors       = var.cors
  tags       = var.tags

  permissions = local.permissions.api

  routes = {
    "POST /webhook" = {
      # Senders have no AWS credentials: their signature is the proof, and the first
      # thing that the function looks at.
      authorization = "NONE"
      lambda        = { function_arn = local.initiator_arn }
    }
  }
}

# A sender repeats after 5xx, and gives up one day.
resource "aws_cloudwatch_metric_alarm" "api" {
  count = var.alarms == null ? 0 : 1

  alarm_name          = "${var.name}-webhooks"
  alarm_description   = "Webhooks to ${var.name} were answered with 5xx"
  namespace           = "AWS/ApiGateway"
  metric_name         = "5XXError"
  dimensions          = { ApiName = var.name, Stage = module.api.stage_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  # No webhook, no failure.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarms.actions
  ok_actions         = var.alarms.actions
  tags               = var.tags
}
