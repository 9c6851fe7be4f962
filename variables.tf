variable "package" {
  description = "Code of the systems' functions: an S3 object with the content of `lambda_src/package.zip`. Default null: a bucket that this module makes where a system needs one."
  type = object({
    s3_bucket         = string
    s3_key            = string
    s3_object_version = optional(string)
    source_code_hash  = optional(string)
  })
  default = null
}

variable "tags" {
  description = "Tags of every resource that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
