locals {
  _makes_role = var.permissions.role_arn == null
  _role_arn   = local._makes_role ? aws_iam_role.this[0].arn : var.permissions.role_arn

  # Roles are named in a whole account, functions in one region of it, and what else
  # has this name has a role, too.
  _whole_role_name = "${var.name}-lambda-${data.aws_region.this.id}"
  # With another path it is another role, which may be made before the old one goes:
  # AWS wants another name, too.
  _role_name = length(local._whole_role_name) <= 64 && var.permissions.role_path == "/" ? local._whole_role_name : (
    "${substr(local._whole_role_name, 0, 55)}-${substr(sha1("${trim(var.permissions.role_path, "/")}${local._whole_role_name}"), 0, 8)}"
  )

  # No logs:CreateLogGroup: the group is Terraform's.
  _logging_statements = [{
    Effect = "Allow"
    Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
    # By name: a role of your own is made before the group.
    Resource = [join(":", [
      "arn", data.aws_partition.this.partition, "logs",
      data.aws_region.this.id, data.aws_caller_identity.this.account_id,
      "log-group:/aws/lambda/${var.name}:*",
    ])]
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
      length(statement.conditions) > 0 ? { Condition = statement.conditions } : null,
    )
  ]
}

resource "aws_iam_role" "this" {
  count = local._makes_role ? 1 : 0

  name                 = local._role_name
  path                 = var.permissions.role_path
  description          = "What the function ${var.name} may do"
  permissions_boundary = var.permissions.boundary_arn
  assume_role_policy   = local._trust_policy
  tags                 = var.tags
}

resource "aws_iam_role_policy" "this" {
  count = local._makes_role ? 1 : 0

  name   = "execution"
  role   = aws_iam_role.this[0].name
  policy = local._execution_policy
}

locals {
  # Without aws:SourceArn: Lambda sends none when it assumes a function's role
  # (Lambda Developer Guide, "Working with lambda:SourceFunctionArn").
  _trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })

  _execution_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local._logging_statements,
      local._tracing_statements,
      local._dead_letter_statements,
      local._encryption_statements,
      local._network_statements,
      local._extra_statements,
    )
  })
}
