# What the role may do: what the definition uses, and what its settings need.

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
    # A policy must say something, and whether this one does may be unknown
    # until apply; the last one says nothing.
    Statement = concat(local.statements, length(local.statements) > 0 ? [] : [
      { Effect = "Deny", Action = ["none:null"], Resource = ["*"] },
    ])
  })
}
