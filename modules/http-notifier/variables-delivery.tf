variable "retry" {
  description = <<-EOT
    Retries by kind of failure. Each has `max_attempts`, the number of retries (0: none); `interval_seconds`, the longest pause before the first of them, doubled for each further one up to `max_delay_seconds`. The pause is random below that (jitter), so that many executions do not come back at once.

    - `throttled`: 429. Default 6 from 2 s, up to 300 s. The state machine waits instead for as long as the answer's text asks for (`retry_after` or `try again in`, in seconds), and gives up where that is longer than `max_delay_seconds`.
    - `server_error`: 5xx. Default 4 from 1 s, up to 60 s.
    - `unreachable`: no connection, no answer in 60 s, or EventBridge could not authorize right now. Default 4 from 1 s, up to 60 s.
    - `unauthorized`: 401 and 407. Default once, after 1 s: EventBridge gets a new OAuth token for the retry. With an API key or a password the connection is DEAUTHORIZED by then, and the retry fails with `Events.ConnectionResource.InvalidConnectionState`.

    Other failures would fail again and are not retried. A notification may have arrived in spite of a 5xx or a missing answer: where twice is worse than never, set `max_attempts` of both to 0.
  EOT
  type = object({
    throttled = optional(object({
      max_attempts      = optional(number, 6)
      interval_seconds  = optional(number, 2)
      max_delay_seconds = optional(number, 300)
    }), {})
    server_error = optional(object({
      max_attempts      = optional(number, 4)
      interval_seconds  = optional(number, 1)
      max_delay_seconds = optional(number, 60)
    }), {})
    unauthorized = optional(object({
      max_attempts      = optional(number, 1)
      interval_seconds  = optional(number, 1)
      max_delay_seconds = optional(number, 60)
    }), {})
    unreachable = optional(object({
      max_attempts      = optional(number, 4)
      interval_seconds  = optional(number, 1)
      max_delay_seconds = optional(number, 60)
    }), {})
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for kind in values(var.retry) :
      kind.max_attempts >= 0 && kind.max_attempts <= 99 && floor(kind.max_attempts) == kind.max_attempts
    ])
    error_message = "retry: max_attempts is a whole number from 0 (no retry) to 99."
  }

  validation {
    condition = alltrue([
      for kind in values(var.retry) :
      kind.interval_seconds >= 1 && floor(kind.interval_seconds) == kind.interval_seconds &&
      kind.max_delay_seconds > kind.interval_seconds && kind.max_delay_seconds < 31622400 && floor(kind.max_delay_seconds) == kind.max_delay_seconds
    ])
    error_message = "retry: interval_seconds is a whole number of at least 1, and max_delay_seconds a larger one."
  }
}

variable "state_machine" {
  description = <<-EOT
    A state machine that sends its input; start it by `start_arn`. Default null: none, only `task`.

    - `dead_letter`: destination of notifications that could not be sent: `queue_url` of an SQS queue or `topic_arn` of an SNS topic. A message has `notifier`, `execution_arn`, `input`, `error`, `cause`, `failed_at`. Default null: they are only in the execution's history.
    - `after_last_try`: `FAIL` (default: the execution fails) or `CONTINUE` (it succeeds, with `sent` false, `error` and `cause`).
    - `heartbeat`: an alarm when nothing was sent within `hours` (whole, 1 to 168), with its `actions`. Default null: no such alarm.
    - `alarms`: alarms on failures, as of modules/state-machine. Default null: none.
    - `logging`: `level` (ALL, ERROR, FATAL, OFF; default ERROR) and `retention_in_days` (default 30). Notifications are never logged.
    - `statements`: further statements for its role, such as `kms:Decrypt` on the key of the connection, the URL's secret or the queue. Default none.
    - `kms_key_arn`: key that encrypts the executions' data: the notifications and, with `endpoint_secret_arn`, the URL. Default null: a key that AWS owns.
  EOT
  type = object({
    dead_letter = optional(object({
      queue_url = optional(string)
      topic_arn = optional(string)
    }))
    after_last_try = optional(string, "FAIL")
    heartbeat = optional(object({
      hours   = number
      actions = optional(list(string), [])
    }))
    alarms = optional(object({
      actions        = optional(list(string), [])
      failed         = optional(number, 1)
      timed_out      = optional(number, 1)
      throttled      = optional(number, 1)
      aborted        = optional(number, 1)
      period_seconds = optional(number, 300)
    }))
    logging = optional(object({
      level             = optional(string, "ERROR")
      retention_in_days = optional(number, 30)
    }), {})
    statements = optional(list(object({
      effect     = optional(string, "Allow")
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    })), [])
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.state_machine == null ? true : var.state_machine.dead_letter == null ? true : (var.state_machine.dead_letter.queue_url == null) != (var.state_machine.dead_letter.topic_arn == null)
    error_message = "state_machine.dead_letter takes exactly one of queue_url and topic_arn."
  }

  validation {
    condition     = var.state_machine == null ? true : contains(["FAIL", "CONTINUE"], var.state_machine.after_last_try)
    error_message = "state_machine.after_last_try is \"FAIL\" or \"CONTINUE\"."
  }

  validation {
    condition     = var.state_machine == null ? true : var.state_machine.heartbeat == null ? true : var.state_machine.heartbeat.hours >= 1 && var.state_machine.heartbeat.hours <= 168 && floor(var.state_machine.heartbeat.hours) == var.state_machine.heartbeat.hours
    error_message = "state_machine.heartbeat.hours is a whole number from 1 to 168 (CloudWatch looks back a week at most)."
  }

  validation {
    condition     = var.state_machine == null ? true : var.state_machine.heartbeat == null ? true : var.state_machine.after_last_try == "FAIL"
    error_message = "state_machine.heartbeat counts executions that succeeded; with after_last_try = \"CONTINUE\" executions that sent nothing succeed, too. Use \"FAIL\", or remove heartbeat."
  }
}
