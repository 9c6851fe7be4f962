# The functions of the workflow: `notify` sends requests to the approvers, `decide` shows
# them and takes the votes.

module "notify" {
  source = "../lambda-function"

  name                  = "${var.name}-notify"
  handler               = "link_approval.notify.handler"
  package               = local.package
  timeout               = 60
  alarms                = local.function_alarms
  log_retention_in_days = var.logging.retention_in_days
  vpc                   = var.vpc
  permissions           = local.permissions.notify
  tags                  = var.tags

  environment = merge(
    local.environment,
    { TOPIC_ARN = aws_sns_topic.requests.arn },
    var.ses == null ? {} : { EMAIL_FROM = var.ses.from },
  )

  statements = concat(local.link_key_statements, local.ses_statements, [
    {
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = [aws_dynamodb_table.requests.arn]
    },
    {
      actions   = ["sns:Publish"]
      resources = [aws_sns_topic.requests.arn]
    },
    {
      actions   = ["secretsmanager:PutSecretValue"]
      resources = [aws_secretsmanager_secret.link_key.arn]
    },
  ])
}

module "decide" {
  source = "../lambda-function"

  name    = "${var.name}-decide"
  handler = "link_approval.decide.handler"
  package = local.package
  # A person waits while it starts: more memory is a larger share of a processor.
  memory_size           = 512
  reserved_concurrency  = var.reserved_concurrency
  timeout               = 20
  alarms                = local.function_alarms
  log_retention_in_days = var.logging.retention_in_days
  vpc                   = var.vpc
  permissions           = local.permissions.decide
  tags                  = var.tags

  # People have no AWS credentials: the signature in the link is their proof.
  url = { authorization = "NONE" }

  environment = local.environment

  statements = concat(local.link_key_statements, [
    {
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [aws_dynamodb_table.requests.arn]
    },
    {
      # A token names no machine; it may only be one of this workflow's.
      actions   = ["states:SendTaskSuccess"]
      resources = [local.state_machine_arn]
    },
    {
      actions   = ["states:DescribeExecution"]
      resources = ["${replace(local.state_machine_arn, ":stateMachine:", ":execution:")}:*"]
    },
  ])
}

module "package" {
  source = "../lambda-package"
  count  = var.package == null ? 1 : 0

  name = substr(var.name, 0, 36)
  tags = var.tags
}

locals {
  package = var.package == null ? module.package[0].package : var.package

  environment = merge(
    {
      LANGUAGE   = var.language
      SECRET_ARN = aws_secretsmanager_secret.link_key.arn
      TABLE_NAME = aws_dynamodb_table.requests.name
    },
    length(var.texts) > 0 ? { TEXTS = local._packed_texts } : null,
  )

  # A function's environment holds 4 KB, and a whole set of texts is longer.
  _packed_texts = base64gzip(jsonencode(var.texts))

  ses_statements = var.ses == null ? [] : [{
    actions    = ["ses:SendEmail"]
    resources  = [var.ses.identity_arn]
    conditions = { StringEquals = { "ses:FromAddress" = [local.ses_address] } }
  }]

  function_alarms = var.alarms == null ? null : { actions = var.alarms.actions }

  # By name, not by attribute: the functions need it before the workflow exists, and
  # callers see it in their plan.
  state_machine_arn = join(":", [
    "arn", data.aws_partition.this.partition, "states", data.aws_region.this.name,
    data.aws_caller_identity.this.account_id, "stateMachine", var.name,
  ])
}

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}
