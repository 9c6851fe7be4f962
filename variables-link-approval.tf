variable "link_approval" {
  description = "Decisions by people over links in e-mails: the variables of `modules/link-approval`. Default null: off."
  type = object({
    name      = string
    approvers = list(string)
    ses = optional(object({
      from         = string
      identity_arn = string
    }))
    request = optional(object({
      title   = string
      summary = optional(string)
      details = optional(map(string))
      links   = optional(map(string))
    }))
    choices = optional(list(object({
      value = string
      label = optional(string)
      color = optional(string, "gray")
      veto  = optional(bool, false)
    })), [{ value = "approve", color = "green" }, { value = "reject", color = "red", veto = true }])
    quorum               = optional(string, "any")
    comment              = optional(string, "OPTIONAL")
    expires_in           = optional(number, 604800)
    on_expiry            = optional(string, "RESULT")
    remind_every         = optional(number)
    escalate_to          = optional(list(string), [])
    escalate_after       = optional(number)
    language             = optional(string, "en")
    texts                = optional(map(string), {})
    retention_in_days    = optional(number, 365)
    link_key_version     = optional(number, 1)
    kms_key_arn          = optional(string)
    deletion_protection  = optional(bool, false)
    reserved_concurrency = optional(number)
    logging = optional(object({
      level             = optional(string, "ERROR")
      retention_in_days = optional(number, 30)
    }), {})
    alarms = optional(object({
      actions = optional(list(string), [])
    }))
    permissions = optional(object({
      boundary_arn = optional(string)
      role_path    = optional(string, "/")
      role_arns    = optional(map(string), {})
    }), {})
    vpc = optional(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
    }))
  })
  default = null
}
