variable "invocation_parameters" {
  description = <<-EOT
    Parameters of every request beside the authorization: `headers`, `query` and `body` (fields of a JSON object or of a form), each a map of name to:

    - `value`: the text. Or `value_from`: its place in Secrets Manager, as in `authorization`.
    - `is_value_secret`: with true, EventBridge keeps the value in the connection's secret and shows it to nobody. Default true, so that nothing is shown by mistake.

    They replace a task's parameters of the same name. Default: none.
  EOT
  type = object({
    headers = optional(map(object({
      value = optional(string)
      value_from = optional(object({
        secret_arn = string
        json_key   = optional(string)
        version_id = optional(string)
      }))
      is_value_secret = optional(bool, true)
    })), {})
    query = optional(map(object({
      value = optional(string)
      value_from = optional(object({
        secret_arn = string
        json_key   = optional(string)
        version_id = optional(string)
      }))
      is_value_secret = optional(bool, true)
    })), {})
    body = optional(map(object({
      value = optional(string)
      value_from = optional(object({
        secret_arn = string
        json_key   = optional(string)
        version_id = optional(string)
      }))
      is_value_secret = optional(bool, true)
    })), {})
  })
  default   = {}
  nullable  = false
  sensitive = true

  validation {
    condition = alltrue([
      for parameter in concat(
        values(var.invocation_parameters.headers),
        values(var.invocation_parameters.query),
        values(var.invocation_parameters.body),
      ) : (parameter.value == null) != (parameter.value_from == null)
    ])
    error_message = "Each of invocation_parameters has either value or value_from = { secret_arn = … }."
  }

  validation {
    condition = alltrue([
      for name in keys(var.invocation_parameters.headers) : can(regex("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,512}$", name))
    ])
    error_message = "invocation_parameters.headers maps the name of a header, such as \"X-Team\", to its value: letters, digits and '-', without a colon."
  }

  validation {
    condition = alltrue([
      for parameter in concat(
        values(var.invocation_parameters.headers),
        values(var.invocation_parameters.query),
      ) : parameter.value == null ? true : can(regex("^[^\\x00-\\x1f\\x7f]{1,512}$", parameter.value))
    ])
    error_message = "Each value of invocation_parameters.headers and invocation_parameters.query has 1 to 512 characters, without line breaks. Remove a parameter without a value."
  }

  validation {
    condition = alltrue([
      for part in [var.invocation_parameters.headers, var.invocation_parameters.query, var.invocation_parameters.body] : length(part) <= 100
    ])
    error_message = "invocation_parameters has at most 100 headers, 100 query parameters and 100 body fields: EventBridge takes no more."
  }

  validation {
    condition = alltrue([
      for parameter in concat(
        values(var.invocation_parameters.headers),
        values(var.invocation_parameters.query),
        values(var.invocation_parameters.body),
        ) : parameter.value_from == null ? true : can(
        regex("^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$", parameter.value_from.secret_arn)
      )
    ])
    error_message = "secret_arn is the ARN of a secret in Secrets Manager, such as aws_secretsmanager_secret.token.arn. json_key names a part of the secret."
  }
}
