locals {
  makes_role = var.permissions.role_arn == null
  role_arn   = local.makes_role ? aws_iam_role.this[0].arn : var.permissions.role_arn

  # Roles are named in a whole account, functions in one region of it, and what else
  # has this name has a role, too.
  _whole_role_name = "${var.name}-lambda-${data.aws_region.this.id}"
  # With another path it is another role, which may be made before the old one goes:
  # AWS wants another name, too.
  role_name = length(local._whole_role_name) <= 64 && var.permissions.role_path == "/" ? local._whole_role_name : (
    "${substr(local._whole_role_name, 0, 55)}-${substr(sha1("${trim(var.permissions.role_path, "/")}${local._whole_role_name}"), 0, 8)}"
  )

  # No logs:CreateLogGroup: the group is Terraform's.
  logging_statements = [{
    Effect = "Allow"
    Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
    # By name: a role of your own is made before the group.
    Resource = [join(":", [
      "arn", data.aws_partition.this.partition, "logs",
      data.aws_region.this.id, data.aws_caller_identity.this.account_id,
      "log-group:/aws/lambda/${var.name}:*",
    ])]
  }]

  tracing_statements = !var.tracing ? [] : [{
    Effect = "Allow"
    # AWS defines no resources for these.
    Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    Resource = ["*"]
  }]

  dead_letter_statements = var.dead_letter_arn == null ? [] : [{
    Effect   = "Allow"
    Action   = [split(":", var.dead_letter_arn)[2] == "sns" ? "sns:Publish" : "sqs:SendMessage"]
    Resource = [var.dead_letter_arn]
  }]

  encryption_statements = var.kms_key_arn == null ? [] : [{
    Effect   = "Allow"
    Action   = ["kms:Decrypt"]
    Resource = [var.kms_key_arn]
  }]

  extra_statements = [
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
  count = local.makes_role ? 1 : 0

  name                 = local.role_name
  path                 = var.permissions.role_path
  description          = "What the function ${var.name} may do"
  permissions_boundary = var.permissions.boundary_arn
  assume_role_policy   = local.trust_policy
  tags                 = var.tags
}

resource "aws_iam_role_policy" "this" {
  count = local.makes_role ? 1 : 0

  name   = "execution"
  role   = aws_iam_role.this[0].name
  policy = local.execution_policy
}

locals {
  # Without aws:SourceArn: Lambda sends none when it assumes a function's role
  # (Lambda Developer Guide, "Working with lambda:SourceFunctionArn").
  trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })

  execution_policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      local.logging_statements,
      local.tracing_statements,
      local.dead_letter_statements,
      local.encryption_statements,
      local.network_statements,
      local.extra_statements,
    )
  })
}
