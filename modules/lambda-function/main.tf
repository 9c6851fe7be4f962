resource "aws_lambda_function" "this" {
  function_name = var.name
  role          = local.role_arn
  handler       = var.handler
  runtime       = var.runtime
  architectures = [var.architecture]
  layers        = var.layers
  timeout       = var.timeout
  memory_size   = var.memory_size
  kms_key_arn   = var.kms_key_arn
  tags          = var.tags

  filename          = var.package.filename
  s3_bucket         = var.package.s3_bucket
  s3_key            = var.package.s3_key
  s3_object_version = var.package.s3_object_version
  source_code_hash  = local.source_code_hash

  # -1: no reservation.
  reserved_concurrent_executions = coalesce(var.reserved_concurrency, -1)

  dynamic "environment" {
    for_each = length(var.environment) == 0 ? [] : [var.environment]
    content {
      variables = environment.value
    }
  }

  dynamic "vpc_config" {
    for_each = var.vpc == null ? [] : [var.vpc]
    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  dynamic "dead_letter_config" {
    for_each = var.dead_letter_arn == null ? [] : [var.dead_letter_arn]
    content {
      target_arn = dead_letter_config.value
    }
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  # The log group comes first: Lambda would make one at the first event, which
  # would keep everything for ever and outlive the function. So does the
  # policy: the first event may follow at once.
  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy.this,
  ]
}

locals {
  source_code_hash = var.package.filename == null ? var.package.source_code_hash : (
    coalesce(var.package.source_code_hash, filebase64sha256(var.package.filename))
  )

  # Made of the name, and so known at plan: permissions that are derived from
  # `task` can then be read there.
  arn = join(":", [
    "arn", data.aws_partition.this.partition, "lambda",
    data.aws_region.this.id, data.aws_caller_identity.this.account_id,
    "function", var.name,
  ])
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_in_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}
