variable "throttle" {
  description = "Limits of the whole stage: `rate_limit` requests a second on average, `burst_limit` at once. Requests above them get 429. Default null: the account's limits (10,000 and 5,000 unless AWS raised them)."
  type = object({
    rate_limit  = number
    burst_limit = number
  })
  default = null

  validation {
    condition     = var.throttle == null ? true : var.throttle.rate_limit > 0 && var.throttle.burst_limit >= 1
    error_message = "throttle.rate_limit must be above 0 requests a second and throttle.burst_limit at least 1."
  }
}

variable "usage_plans" {
  description = "Usage plans, by name: the names of their keys (`api_keys`; API Gateway makes the values), the requests of each key per `DAY`, `WEEK` or `MONTH` (`quota`) and per second (`throttle`). Routes with `authorization = \"API_KEY\"` need a key in the header `X-Api-Key`."
  type = map(object({
    api_keys = list(string)
    quota = optional(object({
      limit  = number
      period = string
    }))
    throttle = optional(object({
      rate_limit  = number
      burst_limit = number
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for plan in values(var.usage_plans) : plan.quota == null ? true : contains(["DAY", "WEEK", "MONTH"], plan.quota.period) && plan.quota.limit >= 1])
    error_message = "A quota has a limit of at least 1 and a period of DAY, WEEK or MONTH."
  }

  validation {
    condition     = alltrue([for plan in values(var.usage_plans) : plan.throttle == null ? true : plan.throttle.rate_limit > 0 && plan.throttle.burst_limit >= 1])
    error_message = "A usage plan's throttle.rate_limit must be above 0 and its throttle.burst_limit at least 1."
  }

  validation {
    condition     = length(flatten([for plan in values(var.usage_plans) : plan.api_keys])) == length(distinct(flatten([for plan in values(var.usage_plans) : plan.api_keys])))
    error_message = "An API key belongs to one usage plan of a stage, once: give each key another name."
  }
}

variable "web_acl" {
  description = "Regional AWS WAF web ACL (`arn`) that inspects requests first. Its rules can limit their size below API Gateway's 10 MB and Step Functions' 256 KB. It is an object so that the same configuration can make the web ACL, whose ARN is then not known yet. Default null: none."
  type        = object({ arn = string })
  default     = null
}
