locals {
  makes_role = var.permissions.role_arn == null
  role_arn   = local.makes_role ? aws_iam_role.this[0].arn : var.permissions.role_arn

  # Service and region tell roles of one name apart: role names are unique in
  # an account, whatever their path.
  _whole_role_name = "${var.name}-lambda-${data.aws_region.this.id}"
  # A change of path replaces the role, and the new one may be created first:
  # it needs another name.
  role_name = length(local._whole_role_name) <= 64 && var.permissions.role_path == "/" ? local._whole_role_name : (
    "${substr(local._whole_role_name, 0, 55)}-${substr(sha1("${trim(var.permissions.role_path, "/")}${local._whole_role_name}"), 0, 8)}"
  )

  # Without logs:CreateLogGroup: Terraform makes the group.
  logging_statements = [{
    Effect = "Allow"
    Action = ["logs:CreateLogStream", "logs:PutLogEvents"]
    # By name: a role that the caller brings exists before the group.
    Resource = [join(":", [
      "arn", data.aws_partition.this.partition, "logs",
      data.aws_region.this.id, data.aws_caller_identity.this.account_id,
      "log-group:/aws/lambda/${var.name}:*",
    ])]
  }]

  tracing_statements = !var.tracing ? [] : [{
    Effect = "Allow"
    # AWS defines no resource types for these actions.
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
  # Without aws:SourceArn, which Lambda does not send when it assumes a role
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
