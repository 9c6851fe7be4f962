variable "stage_variables" {
  description = "Variables of the stage; a function behind a `lambda` route finds them in its event as `stageVariables`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for name, value in var.stage_variables :
      can(regex("^[A-Za-z0-9_]+$", name)) && can(regex("^[A-Za-z0-9._~:/?#&=,-]+$", value))
    ])
    error_message = "Names of stage variables are letters, digits and '_'; values are letters, digits and any of -._~:/?#&=, (API Gateway takes no others)."
  }
}

variable "canary" {
  description = "Canary: `percent_traffic` percent of the requests go to the applied routes, the rest to the deployment from before. `stable_revision` is the output `revision` of the last apply without a canary. Remove the canary to promote; remove it and restore the old routes to roll back. `stage_variables` overrides those of the stage in the canary. Default null: all requests go to the applied routes."
  type = object({
    stable_revision = string
    percent_traffic = number
    stage_variables = optional(map(string), {})
  })
  default = null

  validation {
    condition     = try(var.canary.percent_traffic, 0) >= 0 && try(var.canary.percent_traffic, 0) <= 100
    error_message = "canary.percent_traffic is 0 to 100."
  }

  validation {
    condition     = can(regex("^[0-9a-f]{64}$", try(var.canary.stable_revision, sha256(""))))
    error_message = "canary.stable_revision is the output `revision` of an apply without a canary: 64 hexadecimal digits."
  }
}

variable "domain" {
  description = "Custom domain of the API: its `name`, the ACM certificate for it (in this region; for `EDGE` in us-east-1), `base_path` (null: the whole host), and `only`, which closes the default host name. Point your DNS at the output `domain`. Default null: none."
  type = object({
    name            = string
    certificate_arn = string
    base_path       = optional(string)
    only            = optional(bool, false)
  })
  default = null

  validation {
    condition     = can(regex("^[a-z0-9*]([a-z0-9-]*\\.)+[a-z0-9-]+$", try(var.domain.name, "a.b")))
    error_message = "domain.name is a host name in lower case, such as api.example.com."
  }

  validation {
    condition     = try(var.domain, null) == null || var.endpoint.type != "PRIVATE"
    error_message = "A PRIVATE API is called at its VPC endpoints: leave domain out."
  }
}
