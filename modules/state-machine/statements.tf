# Statements of the role: those derived from the definition, and those that
# settings of the module need.

module "permissions" {
  source = "./permissions"

  definition           = var.definition
  retained_definitions = var.permissions.retained_definitions
  type                 = var.type
  targets              = var.permissions.targets
  machine = {
    name      = var.name
    partition = data.aws_partition.this.partition
    region    = data.aws_region.this.id
    account   = data.aws_caller_identity.this.account_id
  }
}

locals {
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
        "kms:EncryptionContext:aws:states:stateMachineArn" = local.machine_arn
      } }
    }],
    # Log events of an encrypted machine are encrypted in transit.
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
      length(statement.conditions) > 0 ? { Condition = statement.conditions } : null,
    )
  ]

  statements = concat(
    module.permissions.statements,
    local._logging_statements,
    local._tracing_statements,
    local._encryption_statements,
    local._extra_statements,
  )
  policy = jsonencode({
    Version = "2012-10-17"
    # A policy needs a statement, and whether this one has any may be unknown
    # until apply. The last one grants and refuses nothing.
    Statement = concat(local.statements, length(local.statements) > 0 ? [] : [
      { Effect = "Deny", Action = ["none:null"], Resource = ["*"] },
    ])
  })
}
