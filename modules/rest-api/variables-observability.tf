variable "access_logs" {
  description = "Access logs: one JSON line for each request in a log group of this module, kept `retention_in_days` days and encrypted with `kms_key_arn` (null: CloudWatch's own key). AWS refuses logs until the account has a CloudWatch role for API Gateway (`aws_api_gateway_account`). That role serves all APIs of the region, so this module does not set it. Default null: off."
  type = object({
    retention_in_days = optional(number, 30)
    kms_key_arn       = optional(string)
  })
  default = null
}

variable "execution_logs" {
  description = "API Gateway's execution logs, for debugging: `level` is `ERROR` (default) or `INFO`; `include_bodies` adds whole requests and responses, with the secrets in them. API Gateway makes the log group. They need `aws_api_gateway_account`, as `access_logs` do. Default null: off."
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
  description = "CloudWatch metrics for each route, beside those of the stage. Default false: they are billed."
  type        = bool
  default     = false
  nullable    = false
}

variable "tracing" {
  description = "AWS X-Ray traces of requests. Default false: traces are billed."
  type        = bool
  default     = false
  nullable    = false
}
