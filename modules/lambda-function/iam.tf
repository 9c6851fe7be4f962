locals {
  # Roles are named in a whole account, functions in one region of it.
  _long_role_name = "${var.name}-${data.aws_region.this.id}"
  _role_name = length(local._long_role_name) <= 64 ? local._long_role_name : (
    "${substr(local._long_role_name, 0, 55)}-${substr(sha1(local._long_role_name), 0, 8)}"
  )

  # No logs:CreateLogGroup: the group is Terraform's.
  _logging_statements = [{
    Effect   = "Allow"
    Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    Resource = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }]

  _tracing_statements = !var.tracing ? [] : [{
    Effect = "Allow"
    # AWS defines no resources for these.
    Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    Resource = ["*"]
  }]

  _dead_letter_statements = var.dead_letter_arn == null ? [] : [{
    Effect   = "Allow"
    Action   = [split(":", var.dead_letter_arn)[2] == "sns" ? "sns:Publish" : "sqs:SendMessage"]
    Resource = [var.dead_letter_arn]
  }]

  _encryption_statements = var.kms_key_arn == null ? [] : [{
    Effect   = "Allow"
    Action   = ["kms:Decrypt"]
    Resource = [var.kms_key_arn]
  }]

  _extra_statements = [
    for statement in var.statements : merge(
      {
        Effect   = statement.effect
        Action   = statement.actions
        Resource = statement.resources
      },
      { for key in ["Condition"] : key => statement.conditions if length(statement.conditions) > 0 },
    )
  ]
}

resource "aws_iam_role" "this" {
  name        = local._role_name
  description = "What the function ${var.name} may do"
  tags        = var.tags

  # Without aws:SourceArn: Lambda sends none when it assumes a function's role
  # (Lambda Developer Guide, "Working with lambda:SourceFunctionArn").
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "execution"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local._logging_statements,
      local._tracing_statements,
      local._dead_letter_statements,
      local._encryption_statements,
      local._extra_statements,
    )
  })
}
