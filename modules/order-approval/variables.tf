variable "name" {
  description = "Name of the order workflow; the names of the table, the API and the other machines start with it. At most 40 characters, which leaves room for their suffixes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,40}$", var.name))
    error_message = "name must be 1 to 40 characters of A-Z, a-z, 0-9, '_' and '-'."
  }
}

variable "approval_threshold" {
  description = "Highest total that is processed at once; an order above it waits for a decision. In the unit of the orders' prices, with at most 2 decimals. Default 100."
  type        = number
  default     = 100
  nullable    = false

  validation {
    condition     = var.approval_threshold >= 0 && floor(var.approval_threshold * 100) == var.approval_threshold * 100
    error_message = "approval_threshold must be 0 or more, with at most 2 decimals."
  }
}

variable "decision_timeout" {
  description = "Seconds that an order waits for its decision, after which it ends as `timed_out`. Default 604,800: 7 days, which outlast a weekend and a holiday."
  type        = number
  default     = 604800
  nullable    = false

  validation {
    condition     = var.decision_timeout >= 1 && var.decision_timeout <= 31536000 && floor(var.decision_timeout) == var.decision_timeout
    error_message = "decision_timeout is a whole number of seconds from 1 to 31536000 (a year, the longest that an execution lives)."
  }
}

variable "retention_in_days" {
  description = "Days that an order stays in the table after its last change; then DynamoDB's TTL deletes it. An order that is posted again after that is a new one. At least 90, for which Step Functions knows the names of executions. Default 365."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.retention_in_days >= 90 && floor(var.retention_in_days) == var.retention_in_days
    error_message = "retention_in_days is a whole number of days, at least 90."
  }
}

variable "process_task" {
  description = "Task state that processes an order: JSON, in the JSONata language, as in `jsonencode(module.warehouse.task)`. Its input is the order: `order_id`, `customer`, `items`, `total`. This module sets its `Next` and `Catch`; a failure that its `Retry` does not mend ends the order as `failed`. Default null: the order is only marked as `processed`."
  type        = string
  default     = null

  validation {
    condition     = var.process_task == null ? true : contains(["Task", "Parallel"], try(jsondecode(var.process_task).Type, ""))
    error_message = "process_task must be the JSON of one Task state (or of a Parallel state around it, as the task of a webhook is): an object with \"Type\": \"Task\" and \"Resource\"."
  }
}

variable "authorization" {
  description = "Authorization of the three routes. `AWS_IAM`: signed requests of callers that may `execute-api:Invoke`; the caller's identity is recorded with a decision. `NONE`: anyone on the internet; a decision is recorded as anonymous. Default `AWS_IAM`."
  type        = string
  default     = "AWS_IAM"
  nullable    = false

  validation {
    condition     = contains(["AWS_IAM", "NONE"], var.authorization)
    error_message = "authorization is \"AWS_IAM\" or \"NONE\"."
  }
}

variable "stage_name" {
  description = "Name of the API's stage. Default \"live\"."
  type        = string
  default     = "live"
  nullable    = false
}

variable "throttle" {
  description = "Limits of the API: `rate_limit` requests a second on average, `burst_limit` at once. Further requests are answered 429. Default null: the account's limits."
  type = object({
    rate_limit  = number
    burst_limit = number
  })
  default = null
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the table, and so the task tokens. Its key policy has to allow DynamoDB. Default null: the key that AWS manages for DynamoDB in this account."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table. Default false, so that destroy works: AWS keeps a backup of a deleted table for 35 days."
  type        = bool
  default     = false
  nullable    = false
}

variable "logging" {
  description = "Logs of the four machines: `level` (ALL, ERROR, FATAL, OFF), and the days that they are kept. Inputs and outputs hold customers' orders, and are never logged. Default ERROR and 30 days."
  type = object({
    level             = optional(string, "ERROR")
    retention_in_days = optional(number, 30)
  })
  default  = {}
  nullable = false
}

variable "tags" {
  description = "Tags of every resource of this module that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
