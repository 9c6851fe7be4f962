variable "logging" {
  description = <<-EOT
    Events of executions in CloudWatch Logs, in `/aws/vendedlogs/states/<name>`.

    - `level`: `ALL`, `ERROR`, `FATAL` or `OFF`. Default `ERROR`: failures are logged, which for EXPRESS is their only record, and executions that succeed cost nothing.
    - `include_execution_data`: inputs and outputs as well. Default false: they may hold personal data, credentials and task tokens.
    - `retention_in_days`: default 30.
    - `kms_key_arn`: key that encrypts the log group; its key policy has to let CloudWatch Logs use it. Default null: a key that AWS owns.
  EOT
  type = object({
    level                  = optional(string, "ERROR")
    include_execution_data = optional(bool, false)
    retention_in_days      = optional(number, 30)
    kms_key_arn            = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["ALL", "ERROR", "FATAL", "OFF"], var.logging.level)
    error_message = "logging.level is \"ALL\", \"ERROR\", \"FATAL\" or \"OFF\", not ${jsonencode(var.logging.level)}."
  }

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.logging.retention_in_days)
    error_message = "logging.retention_in_days is one of those that CloudWatch Logs offers: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, or 0 for ever."
  }
}

variable "alarms" {
  description = <<-EOT
    CloudWatch alarms on the executions. Default null: none.

    - `actions`: ARNs to notify when an alarm goes off and when it is over, such as an SNS topic's.
    - `failed`, `timed_out`, `throttled`, `aborted`: number within a period that sets off the alarm; default 1, 0 for no such alarm.
    - `period_seconds`: default 300.
  EOT
  type = object({
    actions        = optional(list(string), [])
    failed         = optional(number, 1)
    timed_out      = optional(number, 1)
    throttled      = optional(number, 1)
    aborted        = optional(number, 1)
    period_seconds = optional(number, 300)
  })
  default = null

  validation {
    condition = var.alarms == null ? true : alltrue([
      for key in ["failed", "timed_out", "throttled", "aborted"] :
      var.alarms[key] >= 0 && floor(var.alarms[key]) == var.alarms[key]
    ])
    error_message = "alarms.failed, timed_out, throttled and aborted are whole numbers, 0 or more."
  }

  validation {
    condition     = var.alarms == null ? true : var.alarms.period_seconds >= 60 && var.alarms.period_seconds <= 86400 && var.alarms.period_seconds % 60 == 0
    error_message = "alarms.period_seconds is a multiple of 60, from 60 to 86400 (a day, the longest that CloudWatch looks back)."
  }
}
