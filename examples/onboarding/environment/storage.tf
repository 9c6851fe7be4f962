# Storage of the workflow: members' files, customers, invitations.

resource "aws_s3_bucket" "members" {
  # Bucket names are unique in the whole world. This name is known at plan, so
  # that the plan shows the workflow's permission to read the bucket.
  bucket = "${var.name}-members-${data.aws_caller_identity.this.account_id}"
}

resource "aws_s3_bucket_public_access_block" "members" {
  bucket                  = aws_s3_bucket.members.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "members" {
  bucket = aws_s3_bucket.members.id

  rule {
    bucket_key_enabled = true

    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.this.arn
    }
  }
}

resource "aws_dynamodb_table" "customers" {
  name         = "${var.name}-customers"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "customer_id"

  attribute {
    name = "customer_id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = aws_kms_key.this.arn
  }
}

# One message for each member, for the program that sends the invitations.
resource "aws_sqs_queue" "invitations" {
  name                      = "${var.name}-invitations"
  message_retention_seconds = 14 * 24 * 3600
  kms_master_key_id         = aws_kms_key.this.id
}
