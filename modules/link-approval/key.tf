# The key that signs links. Secrets Manager makes it, Terraform hands it on and
# forgets it: it is in no plan and in no state.

ephemeral "aws_secretsmanager_random_password" "link_key" {
  password_length     = 64
  exclude_punctuation = true
}

resource "aws_secretsmanager_secret" "link_key" {
  # A name of a deleted secret stays taken for a while.
  name_prefix = "${var.name}-link-key-"
  description = "Signs the links of ${var.name}; the version before the current one is accepted, too"
  kms_key_id  = var.kms_key_arn
  tags        = var.tags

  # Without its table the key is worth nothing.
  recovery_window_in_days = 0
}

# Another key is another version: Secrets Manager labels the one before it
# AWSPREVIOUS, and the functions accept links that either has signed.
resource "aws_secretsmanager_secret_version" "link_key" {
  secret_id                = aws_secretsmanager_secret.link_key.id
  secret_string_wo         = ephemeral.aws_secretsmanager_random_password.link_key.random_password
  secret_string_wo_version = var.link_key_version
}

locals {
  _key_statements = concat(
    [{
      actions    = ["secretsmanager:GetSecretValue"]
      resources  = [aws_secretsmanager_secret.link_key.arn]
      conditions = {}
    }],
    [
      for arn in compact([var.kms_key_arn]) : {
        actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
        resources = [arn]
        conditions = {
          StringEquals = {
            "kms:ViaService" = [
              for service in ["dynamodb", "secretsmanager", "sns"] :
              "${service}.${data.aws_region.this.name}.amazonaws.com"
            ]
          }
        }
      }
    ],
  )
}
