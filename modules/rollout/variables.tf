variable "name" {
  description = "Name of the rollout's state machine; its roles, lock table and rule are named after it. 1 to 56 characters of A-Z, a-z, 0-9, '_' and '-', which leaves room for the rule's suffix."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,56}$", var.name))
    error_message = "name must be 1 to 56 characters of A-Z, a-z, 0-9, '_' and '-'; ${jsonencode(var.name)} has ${length(var.name)}."
  }
}

variable "alias_arn" {
  description = "ARN of the alias that is shifted, such as `module.orders.alias_arn`. In modules/state-machine set `alias.routing_managed_by` to `ROLLOUT`, so that Terraform leaves the alias to the rollout."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[a-z0-9-]+:states:[a-z0-9-]+:[0-9]{12}:stateMachine:[^\\s\\x00-\\x1f\\x7f-\\x9f\\x{2028}\\x{2029}<>{}\\[\\]?*\"'#%\\\\^|~`$&,;:/]+:[A-Za-z0-9_.-]*[A-Za-z_.-][A-Za-z0-9_.-]*$", var.alias_arn))
    error_message = "alias_arn is the ARN of a state machine's alias, such as arn:aws:states:us-east-1:123456789012:stateMachine:orders:live, not ${jsonencode(var.alias_arn)}."
  }
}

variable "strategy" {
  description = <<-EOT
    Steps in which the alias moves to a new version. Exactly one of:

    - `all_at_once`: `{}`, all new executions in one step.
    - `linear`: `percent` more of the new executions every `interval_seconds`.
    - `canary`: `percent` of the new executions for `wait_seconds`, then all.
  EOT
  type = object({
    all_at_once = optional(object({}))
    linear = optional(object({
      percent          = number
      interval_seconds = number
    }))
    canary = optional(object({
      percent      = number
      wait_seconds = number
    }))
  })
  nullable = false

  validation {
    condition = length([
      for chosen in [var.strategy.all_at_once, var.strategy.linear, var.strategy.canary] : true if chosen != null
    ]) == 1
    error_message = "strategy has exactly one of all_at_once, linear and canary, such as { canary = { percent = 10, wait_seconds = 600 } }."
  }

  validation {
    condition = alltrue([
      for chosen in [var.strategy.linear, var.strategy.canary] :
      chosen.percent >= 1 && chosen.percent <= 99 && floor(chosen.percent) == chosen.percent
      if chosen != null
    ])
    error_message = "strategy: percent is a whole number from 1 to 99; for 100 take all_at_once."
  }

  validation {
    condition = alltrue([
      for seconds in [try(var.strategy.linear.interval_seconds, null), try(var.strategy.canary.wait_seconds, null)] :
      seconds >= 1 && seconds <= 604800 && floor(seconds) == seconds
      if seconds != null
    ])
    error_message = "strategy: interval_seconds and wait_seconds are whole numbers from 1 to 604800 (a week)."
  }
}

variable "alarm_names" {
  description = "Names of CloudWatch alarms, composite ones too. They are read before, between and during the steps: while one of them is in ALARM the alias is not shifted, and a shifted alias is restored. At most 25; a composite alarm can stand for many. Default none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.alarm_names) <= 25 && length(distinct(var.alarm_names)) == length(var.alarm_names)
    error_message = "alarm_names are at most 25, each once: their descriptions have to fit into the 256 KB of a state. A composite alarm can stand for many."
  }

  validation {
    condition     = alltrue([for name in var.alarm_names : !can(regex("[\\x00-\\x1f\\x7f-\\x9f\\x{fffe}\\x{ffff}]", name))])
    error_message = "alarm_names: CloudWatch has no alarm with a control character in its name: ${join(", ", [for name in var.alarm_names : jsonencode(name) if can(regex("[\\x00-\\x1f\\x7f-\\x9f\\x{fffe}\\x{ffff}]", name))])}."
  }

  validation {
    condition     = length(var.alarm_names) == 0 || var.strategy.all_at_once == null || var.watch_seconds > 0
    error_message = "alarm_names with strategy.all_at_once need watch_seconds: without it the rollout ends before an alarm can see the new version."
  }

  validation {
    condition     = var.watch_seconds == 0 || length(var.alarm_names) > 0
    error_message = "watch_seconds needs alarm_names: without them there is nothing to watch."
  }
}

variable "watch_seconds" {
  description = "Seconds for which the alarms are watched after the last step, before the rollout succeeds. Default 0."
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.watch_seconds >= 0 && var.watch_seconds <= 604800 && floor(var.watch_seconds) == var.watch_seconds
    error_message = "watch_seconds is a whole number from 0 to 604800 (a week)."
  }
}

variable "retain_versions" {
  description = "Number of the newest versions that a successful rollout keeps; it deletes older ones. A version to which an alias points is kept, and so is the one from which this alias came. Running executions go on. Default 10."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.retain_versions >= 1 && var.retain_versions <= 1000 && floor(var.retain_versions) == var.retain_versions
    error_message = "retain_versions is a whole number from 1 to 1000, the most that a state machine can have."
  }
}

variable "logging" {
  description = "Log of the rollout's state machine: `level` (ALL, ERROR, FATAL, OFF), and the days that it is kept. Default ERROR and 30 days."
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
