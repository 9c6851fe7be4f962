variable "package" {
  description = "Where the code of the systems' functions is: an S3 object with the content of `lambda_src/package.zip`. Default null: a bucket of this module's own, made where a system needs it."
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
