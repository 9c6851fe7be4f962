locals {
  alarms = var.alarms == null ? {} : {
    for key, alarm in {
      failed    = { metric = "ExecutionsFailed", event = "failed" }
      timed_out = { metric = "ExecutionsTimedOut", event = "timed out" }
      throttled = { metric = "ExecutionThrottled", event = "were throttled" }
      aborted   = { metric = "ExecutionsAborted", event = "were aborted" }
    } : key => merge(alarm, { threshold = var.alarms[key] })
    if var.alarms[key] > 0
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${replace(each.key, "_", "-")}"
  alarm_description   = "Executions of ${var.name} ${each.value.event}"
  namespace           = "AWS/States"
  metric_name         = each.value.metric
  dimensions          = { StateMachineArn = aws_sfn_state_machine.this.arn }
  statistic           = "Sum"
  period              = var.alarms.period_seconds
  evaluation_periods  = 1
  threshold           = each.value.threshold
  comparison_operator = "GreaterThanOrEqualToThreshold"
  # No execution, no failure.
  treat_missing_data = "notBreaching"
  alarm_actions      = var.alarms.actions
  ok_actions         = var.alarms.actions
  tags               = var.tags
}
