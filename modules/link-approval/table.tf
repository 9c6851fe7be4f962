# One item for each request: who is asked, their votes, the audit trail, and the
# task token while the workflow waits.
resource "aws_dynamodb_table" "requests" {
  name                        = "${var.name}-requests"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "request_id"
  deletion_protection_enabled = var.deletion_protection
  tags                        = var.tags

  attribute {
    name = "request_id"
    type = "S"
  }

  ttl {
    attribute_name = "delete_at"
    enabled        = true
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }
}

locals {
  # With a customer managed key DynamoDB calls KMS by its caller's permissions.
  table_key_statements = var.kms_key_arn == null ? [] : [{
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]
    conditions = {
      StringEquals = { "kms:ViaService" = ["dynamodb.${data.aws_region.this.name}.amazonaws.com"] }
    }
  }]
}
