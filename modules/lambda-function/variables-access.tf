variable "statements" {
  description = "Statements of the role's policy beside those for the log. `conditions` is test => key => values. Default none."
  type = list(object({
    effect     = optional(string, "Allow")
    actions    = list(string)
    resources  = list(string)
    conditions = optional(map(map(list(string))), {})
  }))
  default  = []
  nullable = false

  validation {
    condition = alltrue([
      for statement in var.statements :
      contains(["Allow", "Deny"], statement.effect) && length(statement.actions) > 0 && length(statement.resources) > 0
    ])
    error_message = "Each of statements has effect \"Allow\" or \"Deny\", and at least one of actions and of resources."
  }
}

variable "url" {
  description = <<-EOT
    A function URL. Default null: none.

    - `authorization`: `AWS_IAM` (default: signed requests of callers that may `lambda:InvokeFunctionUrl` and `lambda:InvokeFunction`) or `NONE` (anyone on the internet).
    - `cors`: pages of other origins that may call the URL; Lambda answers their preflight requests. `allow_origins` such as `https://example.com`, or `*`; `allow_methods` GET, POST, … or `*` (default); `allow_headers` and `expose_headers`; `allow_credentials`; `max_age`, seconds for which a browser may cache a preflight answer, at most 86400 (default 0: a preflight request before every request). Default null: no other origin may call it; the URL's own pages need no CORS.
  EOT
  type = object({
    authorization = optional(string, "AWS_IAM")
    cors = optional(object({
      allow_origins     = list(string)
      allow_methods     = optional(list(string), ["*"])
      allow_headers     = optional(list(string), [])
      expose_headers    = optional(list(string), [])
      allow_credentials = optional(bool, false)
      max_age           = optional(number, 0)
    }))
  })
  default = null

  validation {
    condition     = var.url == null ? true : contains(["AWS_IAM", "NONE"], var.url.authorization)
    error_message = "url.authorization is \"AWS_IAM\" or \"NONE\"."
  }

  validation {
    condition = try(var.url.cors, null) == null ? true : length(var.url.cors.allow_origins) > 0 && alltrue([
      for origin in var.url.cors.allow_origins : can(regex("^(\\*|https?://[^/\\s]+)$", origin))
    ])
    error_message = "url.cors.allow_origins has at least one origin, \"https://\" and a host without a path or a slash at the end, or \"*\"."
  }

  validation {
    condition = try(var.url.cors, null) == null ? true : alltrue([
      for method in var.url.cors.allow_methods :
      contains(["*", "DELETE", "GET", "HEAD", "PATCH", "POST", "PUT"], method)
    ])
    error_message = "url.cors.allow_methods are of DELETE, GET, HEAD, PATCH, POST and PUT, or \"*\"; Lambda answers OPTIONS itself."
  }

  validation {
    condition     = try(var.url.cors, null) == null ? true : !(var.url.cors.allow_credentials && contains(var.url.cors.allow_origins, "*"))
    error_message = "url.cors.allow_credentials needs origins by name: browsers refuse credentials together with \"*\"."
  }

  validation {
    condition     = try(var.url.cors, null) == null ? true : var.url.cors.max_age >= 0 && var.url.cors.max_age <= 86400 && floor(var.url.cors.max_age) == var.url.cors.max_age
    error_message = "url.cors.max_age is a whole number of seconds from 0 to 86400 (a day)."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the environment variables and the log group. Its key policy has to let this account's IAM policies and CloudWatch Logs use it. Default null: keys that AWS owns."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/", var.kms_key_arn))
    error_message = "kms_key_arn is the ARN of a key, \"arn:aws:kms:REGION:ACCOUNT:key/…\", not of an alias."
  }
}
