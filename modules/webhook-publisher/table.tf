# One item for each post at each destination: the claim, the version that was published,
# and its id on the platform.
resource "aws_dynamodb_table" "posts" {
  name                        = "${var.name}-posts"
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "post_id"
  range_key                   = "destination"
  deletion_protection_enabled = var.deletion_protection
  tags                        = var.tags

  attribute {
    name = "post_id"
    type = "S"
  }

  attribute {
    name = "destination"
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

  depends_on = [terraform_data.destinations]
}

locals {
  # With a customer's key DynamoDB asks KMS in the name of its caller.
  table_key_statements = var.kms_key_arn == null ? [] : [{
    effect     = "Allow"
    actions    = ["kms:Decrypt"]
    resources  = [var.kms_key_arn]
    conditions = { StringEquals = { "kms:ViaService" = ["dynamodb.${local.region}.amazonaws.com"] } }
  }]
}
