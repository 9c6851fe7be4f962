locals {
  zip = "${path.module}/../../lambda_src/package.zip"
  sha = filesha256(local.zip)
}

resource "aws_s3_bucket" "this" {
  # A prefix: bucket names are unique in the whole world.
  bucket_prefix = "${replace(lower(var.name), "_", "-")}-"
  # Nothing is lost: every function has a copy of its code, and the zip is in
  # this repository.
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

# A key made of the content, rather than a versioned bucket: the key is known
# at plan, and S3 may answer 404 for a while after versioning was turned on.
resource "aws_s3_object" "package" {
  bucket = aws_s3_bucket.this.id
  key    = "${local.sha}.zip"
  source = local.zip

  depends_on = [aws_s3_bucket_public_access_block.this]
}
