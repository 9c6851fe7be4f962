variable "http_notifier" {
  description = "Notifications to Slack or any HTTPS API, from any workflow or from a state machine for them: the variables of `modules/http-notifier`. Their connection is made with `modules/http-connection`. Default null: off."
  type = object({
    name                = string
    connection_arn      = string
    preset              = optional(string, "json")
    endpoint            = optional(string)
    endpoint_secret_arn = optional(string)
    fields              = optional(map(string), {})
    method              = optional(string)
    headers             = optional(map(string), {})
    query               = optional(map(string), {})
    body                = optional(string)
    form = optional(object({
      array_format = optional(string, "INDICES")
    }))
    retry = optional(object({
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
    }), {})
    state_machine = optional(object({
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
    }))
    permissions = optional(object({
      boundary_arn = optional(string)
      role_path    = optional(string, "/")
      role_arn     = optional(string)
    }), {})
  })
  default = null
}
