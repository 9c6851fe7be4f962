variable "name" {
  description = "What the bucket's name begins with; the provider adds 26 digits, since buckets share one name space with the whole world. 1 to 36 characters of A-Z, a-z, 0-9, '_' and '-', beginning with a letter or a digit."
  type        = string
  default     = "stepwire-package"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,35}$", var.name))
    error_message = "name must be 1 to 36 characters of A-Z, a-z, 0-9, '_' and '-', beginning with a letter or a digit."
  }
}

variable "tags" {
  description = "Tags of the bucket. The object has none: S3 allows it 10, which may be fewer than these."
  type        = map(string)
  default     = {}
  nullable    = false
}
