variable "access_logs" {
  description = "One JSON line for each request in a log group of this module, kept `retention_in_days` days and encrypted with `kms_key_arn` (null: CloudWatch's own key). Default null, off: AWS refuses logs until the account has a CloudWatch role for API Gateway (`aws_api_gateway_account`), which is one for all APIs of the region and so is not this module's to set."
  type = object({
    retention_in_days = optional(number, 30)
    kms_key_arn       = optional(string)
  })
  default = null
}

variable "execution_logs" {
  description = "API Gateway's own log of how it handles requests, for debugging: `level` is `ERROR` (default) or `INFO`; `include_bodies` also writes whole requests and answers, with all that is secret in them. API Gateway makes the log group. Default null: off. Needs `aws_api_gateway_account`, as `access_logs` do."
  type = object({
    level          = optional(string, "ERROR")
    include_bodies = optional(bool, false)
  })
  default = null

  validation {
    condition     = contains(["ERROR", "INFO"], try(var.execution_logs.level, "ERROR"))
    error_message = "execution_logs.level is ERROR or INFO; leave execution_logs out for no logs."
  }
}

variable "metrics" {
  description = "Whether CloudWatch has metrics for each route, and not for the stage alone. Default false: they are billed."
  type        = bool
  default     = false
  nullable    = false
}

variable "tracing" {
  description = "Whether requests are traced with AWS X-Ray. Default false: traces are billed."
  type        = bool
  default     = false
  nullable    = false
}
