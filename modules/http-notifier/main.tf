# The state machine, where there is one, and the alarm for hours without a notification.

module "machine" {
  source = "../state-machine"
  count  = var.state_machine == null ? 0 : 1

  name        = var.name
  definition  = jsonencode(module.definition[0].value)
  alarms      = var.state_machine.alarms
  kms_key_arn = var.state_machine.kms_key_arn
  tags        = var.tags

  permissions = merge(var.permissions, { statements = var.state_machine.statements })

  logging = {
    level             = var.state_machine.logging.level
    retention_in_days = var.state_machine.logging.retention_in_days
  }
}

locals {
  # Not by try(…): while an ARN in it is unknown, it cannot tell that an object is not null.
  heartbeat   = var.state_machine == null ? null : var.state_machine.heartbeat
  dead_letter = var.state_machine == null ? null : var.state_machine.dead_letter
}

# An execution that succeeds is a notification that was sent.
resource "aws_cloudwatch_metric_alarm" "heartbeat" {
  count = local.heartbeat == null ? 0 : 1

  alarm_name          = "${var.name}-heartbeat"
  alarm_description   = "${var.name} sent nothing in ${local.heartbeat.hours} h"
  namespace           = "AWS/States"
  metric_name         = "ExecutionsSucceeded"
  dimensions          = { StateMachineArn = module.machine[0].arn }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = local.heartbeat.hours
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  # No execution in these hours is an alarm, too.
  treat_missing_data = "breaching"
  alarm_actions      = local.heartbeat.actions
  ok_actions         = local.heartbeat.actions
  tags               = var.tags
}
