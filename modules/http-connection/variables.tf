variable "name" {
  description = "Name of the connection. 1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'. A change replaces the connection."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[.A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'; ${jsonencode(var.name)} has ${length(var.name)}."
  }
}

variable "description" {
  description = "Purpose of the connection, which EventBridge shows. At most 512 characters. Default null: none."
  type        = string
  default     = null

  validation {
    condition     = var.description == null ? true : length(var.description) <= 512
    error_message = "description has ${try(length(var.description), 0)} characters; EventBridge takes at most 512."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the connection's secret. The key needs the tag `EventBridgeApiDestinations` = `true`, and a key policy that lets EventBridge use it for you. A role that sends through the connection needs `kms:Decrypt` on it. EventBridge can replace a key, but not remove it. Default null: a key that AWS owns."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:(key|alias)/.+$", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of a KMS key, such as arn:aws:kms:us-east-1:123456789012:key/…"
  }
}
