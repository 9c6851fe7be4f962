# The key that signs links. `notify` makes it and puts it into the secret: it is in no
# plan, in no state and not on the machine that applies. Not by an ephemeral resource:
# `terraform test` cannot mock these, and refuses a configuration that has one.

resource "aws_secretsmanager_secret" "link_key" {
  # The name of a deleted secret stays reserved for a while.
  name_prefix = "${var.name}-link-key-"
  description = "Signs the links of ${var.name}; the version before the current one is accepted, too"
  kms_key_id  = var.kms_key_arn
  tags        = var.tags

  # The key is worth nothing without the table.
  recovery_window_in_days = 0
}

# Another key is another version: Secrets Manager labels the one before it
# AWSPREVIOUS, and the functions accept links that either has signed.
resource "aws_lambda_invocation" "link_key" {
  function_name = module.notify.name
  input         = jsonencode({ action = "make_key", version = var.link_key_version })
  triggers      = { secret = aws_secretsmanager_secret.link_key.arn }
}

locals {
  link_key_statements = concat(
    [{
      actions    = ["secretsmanager:GetSecretValue"]
      resources  = [aws_secretsmanager_secret.link_key.arn]
      conditions = {}
    }],
    var.kms_key_arn == null ? [] : [{
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [var.kms_key_arn]
      conditions = {
        StringEquals = {
          "kms:ViaService" = [
            for service in ["dynamodb", "secretsmanager", "sns"] :
            "${service}.${data.aws_region.this.name}.amazonaws.com"
          ]
        }
      }
    }],
  )
}
