locals {
  alarms = var.alarms == null ? {} : {
    for key, alarm in {
      errors             = { metric = "Errors", event = "failed" }
      throttles          = { metric = "Throttles", event = "were throttled" }
      dead_letter_errors = { metric = "DeadLetterErrors", event = "were lost: Lambda could not send them to the dead-letter queue" }
    } : key => merge(alarm, { threshold = var.alarms[key] })
    if var.alarms[key] > 0
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${replace(each.key, "_", "-")}"
  alarm_description   = "Invocations of ${var.name} ${each.value.event}"
  namespace           = "AWS/Lambda"
  metric_name         = each.value.metric
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  period              = var.alarms.period_seconds
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  # No invocation, no failure.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarms.actions
  ok_actions         = var.alarms.actions
  tags               = var.tags
}
