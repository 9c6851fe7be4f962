variable "log_retention_in_days" {
  description = "Retention of the log group in days; 0 for ever. Default 30."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_in_days)
    error_message = "log_retention_in_days is one of those that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, or 0 for ever."
  }
}

variable "tracing" {
  description = "AWS X-Ray traces of a sample of the function's events. Default false: traces are billed. The trace of a traced caller goes on in either case."
  type        = bool
  default     = false
  nullable    = false
}

variable "dead_letter_arn" {
  description = "ARN of an SQS queue (not FIFO) or SNS topic for events of asynchronous invocations that failed three times. Default null: they are lost."
  type        = string
  default     = null

  validation {
    condition     = var.dead_letter_arn == null ? true : can(regex("^arn:[^:]+:(sqs|sns):[^:]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.dead_letter_arn))
    error_message = "dead_letter_arn is the ARN of an SQS queue or an SNS topic. Lambda takes no FIFO queue and no FIFO topic."
  }
}

variable "alarms" {
  description = <<-EOT
    CloudWatch alarms on the invocations. Default null: none.

    - `actions`: ARNs to notify when an alarm goes off and when it is over, such as an SNS topic's.
    - `errors`, `throttles`: number within a period that sets off the alarm; default 1, 0 for no such alarm.
    - `dead_letter_errors`: the same for events that could not be sent to `dead_letter_arn`; default 0, no such alarm.
    - `period_seconds`: default 300.
  EOT
  type = object({
    actions            = optional(list(string), [])
    errors             = optional(number, 1)
    throttles          = optional(number, 1)
    dead_letter_errors = optional(number, 0)
    period_seconds     = optional(number, 300)
  })
  default = null

  validation {
    condition = var.alarms == null ? true : alltrue([
      for key in ["errors", "throttles", "dead_letter_errors"] :
      var.alarms[key] >= 0 && floor(var.alarms[key]) == var.alarms[key]
    ])
    error_message = "alarms.errors, throttles and dead_letter_errors are whole numbers, 0 or more."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.period_seconds >= 60 && var.alarms.period_seconds <= 86400 && var.alarms.period_seconds % 60 == 0
    error_message = "alarms.period_seconds is a multiple of 60, from 60 to 86400 (a day, the longest that CloudWatch looks back)."
  }
}
