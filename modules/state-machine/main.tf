resource "aws_sfn_state_machine" "this" {
  name       = var.name
  type       = var.type
  role_arn   = local.role_arn
  definition = var.definition
  publish    = var.alias != null
  tags       = var.tags

  dynamic "logging_configuration" {
    for_each = aws_cloudwatch_log_group.this
    content {
      level                  = var.logging.level
      include_execution_data = var.logging.include_execution_data
      log_destination        = "${logging_configuration.value.arn}:*"
    }
  }

  tracing_configuration {
    enabled = var.tracing
  }

  dynamic "encryption_configuration" {
    for_each = var.kms_key_arn == null ? [] : [var.kms_key_arn]
    content {
      type       = "CUSTOMER_MANAGED_KMS_KEY"
      kms_key_id = encryption_configuration.value
      # Step Functions' default.
      kms_data_key_reuse_period_seconds = 300
    }
  }

  # The role has the definition's permissions first: see iam.tf.
  depends_on = [aws_iam_role_policy.execution]
}

resource "aws_cloudwatch_log_group" "this" {
  count = var.logging.level == "OFF" ? 0 : 1

  # With this prefix, log delivery needs no entry in the account's only
  # resource policy, which is full after some fifty log groups.
  name              = "/aws/vendedlogs/states/${var.name}"
  retention_in_days = var.logging.retention_in_days
  kms_key_id        = var.logging.kms_key_arn
  tags              = var.tags

  depends_on = [terraform_data.definition]
}
