variable "order_approval" {
  description = "Orders over an API, processed at once or after a decision: the variables of `modules/order-approval`. Default null: off."
  type = object({
    name                = string
    approval_threshold  = optional(number, 100)
    decision_timeout    = optional(number, 604800)
    retention_in_days   = optional(number, 365)
    process_task        = optional(string)
    authorization       = optional(string, "AWS_IAM")
    stage_name          = optional(string, "live")
    kms_key_arn         = optional(string)
    deletion_protection = optional(bool, false)
    throttle = optional(object({
      rate_limit  = number
      burst_limit = number
    }))
    logging = optional(object({
      level             = optional(string, "ERROR")
      retention_in_days = optional(number, 30)
    }), {})
    permissions = optional(object({
      boundary_arn = optional(string)
      role_path    = optional(string, "/")
      role_arns    = optional(map(string), {})
    }), {})
  })
  default = null
}
