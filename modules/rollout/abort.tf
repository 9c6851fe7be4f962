# A rollout that is stopped (StopExecution) can do nothing any more. Step
# Functions tells EventBridge, which starts another execution that puts the
# alias back.

resource "aws_cloudwatch_event_rule" "aborted" {
  name        = local.rule_name
  description = "A rollout by ${var.name} was stopped: put the alias back"
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
