locals {
  zip = "${path.module}/../../lambda_src/package.zip"
  sha = filesha256(local.zip)
}

resource "aws_s3_bucket" "this" {
  # Buckets share one name space with the whole world.
  bucket_prefix = "${replace(lower(var.name), "_", "-")}-"
  # What is in it is copied by every function, and is in this repository.
  force_destroy = true
  tags          = var.tags
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

# Named by its content rather than versioned by the bucket: S3 may answer 404
# for a while after versioning was turned on, and the key is known in a plan.
resource "aws_s3_object" "package" {
  bucket = aws_s3_bucket.this.id
  key    = "${local.sha}.zip"
  source = local.zip

  depends_on = [aws_s3_bucket_public_access_block.this]
}
