resource "aws_dynamodb_table" "orders" {
  name                        = "${var.name}-orders"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "order_id"
  deletion_protection_enabled = var.deletion_protection
  tags                        = var.tags

  attribute {
    name = "order_id"
    type = "S"
  }

  ttl {
    attribute_name = "expires_at"
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
  # DynamoDB asks KMS in the name of its caller.
  table_key_statements = var.kms_key_arn == null ? [] : [{
    actions   = ["kms:Decrypt"]
    resources = [var.kms_key_arn]
    conditions = {
      StringEquals = { "kms:ViaService" = ["dynamodb.${data.aws_region.this.name}.amazonaws.com"] }
    }
  }]
}

data "aws_region" "this" {}
