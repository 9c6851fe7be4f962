# A rollout that is stopped (StopExecution) can do nothing any more. Step
# Functions tells EventBridge, which starts another execution that puts the
# alias back.

resource "aws_cloudwatch_event_rule" "aborted" {
  name        = "${var.name}-aborted"
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
  role_arn = aws_iam_role.aborted.arn

  depends_on = [aws_iam_role_policy.aborted]
}

resource "aws_iam_role" "aborted" {
  # Roles are named in a whole account, rules in one region of it; a prefix
  # of a rule's name may have 38 characters.
  name_prefix = "${substr(var.name, 0, 29)}-aborted-"
  description = "Starts ${var.name} when a rollout was stopped"
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "events.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id }
        ArnLike      = { "aws:SourceArn" = aws_cloudwatch_event_rule.aborted.arn }
      }
    }]
  })
}

resource "aws_iam_role_policy" "aborted" {
  name = "start"
  role = aws_iam_role.aborted.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = "states:StartExecution"
      Resource = module.machine.arn
    }]
  })
}
