variable "name" {
  description = "Prefix of the bucket's name, to which the provider adds 26 digits: bucket names are unique in the whole world. 1 to 36 characters of A-Z, a-z, 0-9, '_' and '-', beginning with a letter or a digit."
  type        = string
  default     = "stepwire-package"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,35}$", var.name))
    error_message = "name must be 1 to 36 characters of A-Z, a-z, 0-9, '_' and '-', beginning with a letter or a digit."
  }
}

variable "tags" {
  description = "Tags of the bucket. The object has none, since S3 allows only 10 of them."
  type        = map(string)
  default     = {}
  nullable    = false
}
