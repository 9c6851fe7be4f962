variable "name" {
  description = "Name of the REST API; the names of its role and log group are made from it. At most 48 characters, which leaves room for their suffixes. A change keeps the API."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,48}$", var.name))
    error_message = "name must be 1 to 48 characters of A-Z, a-z, 0-9, '_' and '-'."
  }
}

variable "stage_name" {
  description = "Name of the stage: the first part of every path below the API's default host name. Default \"live\"."
  type        = string
  default     = "live"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,128}$", var.stage_name))
    error_message = "stage_name must be 1 to 128 characters of A-Z, a-z, 0-9, '_' and '-'."
  }
}

variable "tags" {
  description = "Tags of every resource of this module that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
