# A rollout that was stopped (StopExecution) cannot clean up. Step Functions sends an
# event to EventBridge, which starts another execution, and that restores the alias.

resource "aws_cloudwatch_event_rule" "aborted" {
  name        = local.rule_name
  description = "A rollout by ${var.name} was stopped: restores the alias"
  tags        = var.tags

  event_pattern = jsonencode({
    source      = ["aws.states"]
    detail-type = ["Step Functions Execution Status Change"]
    detail = {
      status          = ["ABORTED"]
      stateMachineArn = [module.machine.arn]
    }
  })
}

resource "aws_cloudwatch_event_target" "undo" {
  rule     = aws_cloudwatch_event_rule.aborted.name
  arn      = module.machine.start_arn
  role_arn = local.undo_role_arn

  depends_on = [aws_iam_role_policy.aborted]
}
