data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

module "permissions" {
  source = "./permissions"

  definitions = concat([var.definition], var.permissions.retained_definitions)
  type        = var.type
  targets     = var.permissions.targets
  machine = {
    name      = var.name
    partition = data.aws_partition.this.partition
    region    = data.aws_region.this.id
    account   = data.aws_caller_identity.this.account_id
  }
}

locals {
  _derive   = var.permissions.role_arn == null
  _role_arn = local._derive ? aws_iam_role.this[0].arn : var.permissions.role_arn

  # By name, not by attribute: the role trusts the machine before it exists.
  _machine_arn = join(":", [
    "arn", data.aws_partition.this.partition, "states",
    data.aws_region.this.id, data.aws_caller_identity.this.account_id,
    "stateMachine", var.name,
  ])

  # Roles are named in a whole account, machines in one region of it.
  _long_role_name = "${var.name}-${data.aws_region.this.id}"
  _role_name = length(local._long_role_name) <= 64 ? local._long_role_name : (
    "${substr(local._long_role_name, 0, 55)}-${substr(sha1(local._long_role_name), 0, 8)}"
  )

  _logging_statements = var.logging.level == "OFF" ? [] : [{
    Effect = "Allow"
    # AWS defines no resources for these.
    Action = [
      "logs:CreateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:DescribeLogGroups",
      "logs:DescribeResourcePolicies",
      "logs:GetLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:UpdateLogDelivery",
    ]
    Resource = ["*"]
  }]

  _tracing_statements = !var.tracing ? [] : [{
    Effect = "Allow"
    # AWS defines no resources for these.
    Action = [
      "xray:GetSamplingRules",
      "xray:GetSamplingTargets",
      "xray:PutTelemetryRecords",
      "xray:PutTraceSegments",
    ]
    Resource = ["*"]
  }]

  _encryption_statements = var.kms_key_arn == null ? [] : concat(
    [{
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = [var.kms_key_arn]
      Condition = { StringEquals = {
        "kms:EncryptionContext:aws:states:stateMachineArn" = local._machine_arn
      } }
    }],
    # Logged events of an encrypted machine are encrypted on their way.
    [
      for logging in local._logging_statements : {
        Effect   = "Allow"
        Action   = ["kms:GenerateDataKey"]
        Resource = [var.kms_key_arn]
        Condition = { StringEquals = {
          "kms:EncryptionContext:SourceArn" = join(":", [
            "arn", data.aws_partition.this.partition, "logs",
            data.aws_region.this.id, data.aws_caller_identity.this.account_id, "*",
          ])
        } }
      }
    ],
  )

  _extra_statements = [
    for statement in var.permissions.statements : merge(
      {
        Effect   = statement.effect
        Action   = statement.actions
        Resource = statement.resources
      },
      { for key in ["Condition"] : key => statement.conditions if length(statement.conditions) > 0 },
    )
  ]

  _statements = concat(
    module.permissions.statements,
    local._logging_statements,
    local._tracing_statements,
    local._encryption_statements,
    local._extra_statements,
  )
  _policy = jsonencode({
    Version = "2012-10-17"
    # A policy must say something, and whether this one does may be unknown
    # until apply; the last one says nothing.
    Statement = concat(local._statements, [
      for nothing in ["none:null"] :
      { Effect = "Deny", Action = [nothing], Resource = ["*"] }
      if length(local._statements) == 0
    ])
  })
}

resource "aws_iam_role" "this" {
  # A role of your own whose ARN is unknown yet: see permissions.role_arn.
  count = local._derive ? 1 : 0

  name                 = local._role_name
  description          = "What the state machine ${var.name} may do"
  permissions_boundary = var.permissions.boundary_arn
  tags                 = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id }
        ArnLike      = { "aws:SourceArn" = local._machine_arn }
      }
    }]
  })

  depends_on = [terraform_data.definition]
}

resource "aws_iam_role_policy" "execution" {
  count = local._derive ? 1 : 0

  # Named by what it says: another content is another policy, made before the
  # machine changes, and the old one is deleted after that. Only a prefix: where
  # the content is unknown until apply it may come out the same, and with the
  # same name the old policy's deletion would delete the new one.
  name_prefix = "execution-${substr(sha256(local._policy), 0, 16)}-"
  role        = aws_iam_role.this[0].name
  policy      = local._policy

  lifecycle {
    create_before_destroy = true
  }
}
