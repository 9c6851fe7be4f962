output "package" {
  description = "Value for `package` of the other modules: `s3_bucket`, `s3_key` and `source_code_hash`."
  value = {
    s3_bucket         = aws_s3_object.package.bucket
    s3_key            = aws_s3_object.package.key
    s3_object_version = null
    source_code_hash  = filebase64sha256(local.zip)
  }
}
