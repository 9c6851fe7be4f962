# One key for all data of an environment.

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

resource "aws_kms_key" "this" {
  description             = "What ${var.name} keeps"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key.json

  # EventBridge requires this tag (EventBridge User Guide, "Encrypting
  # connection authorization with AWS KMS keys").
  tags = { EventBridgeApiDestinations = "true" }
}

data "aws_iam_policy_document" "key" {
  # The policies of roles, which the modules derive, decide about uses of the
  # key.
  statement {
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:root"]
    }
  }

  # Log groups (CloudWatch Logs User Guide, "Encrypt log data using AWS KMS").
  statement {
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["logs.${data.aws_region.this.name}.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values   = ["${local.logs_arn}:log-group:*"]
    }
  }

  # Events of an encrypted state machine in transit to its log group (Step
  # Functions Developer Guide, "Data at rest encryption in Step Functions").
  statement {
    actions   = ["kms:Decrypt"]
    resources = ["*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:SourceArn"
      values   = ["${local.logs_arn}:*"]
    }
  }
}

locals {
  logs_arn = join(":", [
    "arn", data.aws_partition.this.partition, "logs",
    data.aws_region.this.name, data.aws_caller_identity.this.account_id,
  ])
}
