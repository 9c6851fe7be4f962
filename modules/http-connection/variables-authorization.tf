variable "authorization" {
  description = <<-EOT
    Authorization of requests: exactly one of:

    - `api_key`: a header `name` with `value`, such as `{ name = "Authorization", value = "Bearer …" }`.
    - `basic`: `username` and `password`.
    - `oauth_client_credentials`: EventBridge gets a token from `endpoint` (by `http_method`, default POST) with `client_id` and `client_secret`, and another when a request is answered 401 or 407. `headers`, `query` and `body` are sent to that endpoint as well, such as `body = { grant_type = { value = "client_credentials" } }`; `is_value_secret` (default false) and `value_from` are as in `invocation_parameters`.

    A secret that is given by value is in Terraform's state. A secret from Secrets Manager (`value_from`, `password_from` or `client_secret_from`) never is: `secret_arn`, the `json_key` in it (default null: the whole text), and the `version_id` (default null: the newest when the connection is made; with a `version_id` Terraform notices another version). `api_key` also has a `prefix`, such as "Bearer ", before the secret.

    With one secret from Secrets Manager, a CloudFormation template makes the connection, and the template shows values. So all secrets then have to come from Secrets Manager: a `password`, a `client_secret`, parameters with `is_value_secret`, and the `value` of `api_key`. An `api_key` that the other side ignores is not secret: give it `is_value_secret` = false.
  EOT
  type = object({
    api_key = optional(object({
      name  = string
      value = optional(string)
      value_from = optional(object({
        secret_arn = string
        json_key   = optional(string)
        version_id = optional(string)
        prefix     = optional(string, "")
      }))
      is_value_secret = optional(bool, true)
    }))
    basic = optional(object({
      username = string
      password = optional(string)
      password_from = optional(object({
        secret_arn = string
        json_key   = optional(string)
        version_id = optional(string)
      }))
    }))
    oauth_client_credentials = optional(object({
      endpoint      = string
      http_method   = optional(string, "POST")
      client_id     = string
      client_secret = optional(string)
      client_secret_from = optional(object({
        secret_arn = string
        json_key   = optional(string)
        version_id = optional(string)
      }))
      headers = optional(map(object({
        value = optional(string)
        value_from = optional(object({
          secret_arn = string
          json_key   = optional(string)
          version_id = optional(string)
        }))
        is_value_secret = optional(bool, false)
      })), {})
      query = optional(map(object({
        value = optional(string)
        value_from = optional(object({
          secret_arn = string
          json_key   = optional(string)
          version_id = optional(string)
        }))
        is_value_secret = optional(bool, false)
      })), {})
      body = optional(map(object({
        value = optional(string)
        value_from = optional(object({
          secret_arn = string
          json_key   = optional(string)
          version_id = optional(string)
        }))
        is_value_secret = optional(bool, false)
      })), {})
    }))
  })
  nullable  = false
  sensitive = true

  validation {
    condition = length([
      for kind in [var.authorization.api_key, var.authorization.basic, var.authorization.oauth_client_credentials] : true if kind != null
    ]) == 1
    error_message = "authorization has exactly one of api_key, basic and oauth_client_credentials, such as { api_key = { name = \"X-Api-Key\", value = var.api_key } }. Keep the one that the other side uses."
  }

  validation {
    condition = alltrue([
      for secret in concat(
        [for key in var.authorization.api_key[*] : { value = key.value, from = key.value_from }],
        [for basic in var.authorization.basic[*] : { value = basic.password, from = basic.password_from }],
        [for client in var.authorization.oauth_client_credentials[*] : { value = client.client_secret, from = client.client_secret_from }],
        [
          for parameter in flatten([
            for client in var.authorization.oauth_client_credentials[*] :
            concat(values(client.headers), values(client.query), values(client.body))
          ]) : { value = parameter.value, from = parameter.value_from }
        ],
      ) : (secret.value == null) != (secret.from == null)
    ])
    error_message = "authorization gives each secret once: either by value (value, password, client_secret) or from Secrets Manager (value_from, password_from, client_secret_from = { secret_arn = … })."
  }

  validation {
    condition = alltrue([
      for text in concat(
        var.authorization.api_key[*].name,
        var.authorization.api_key[*].value,
        var.authorization.basic[*].username,
        var.authorization.basic[*].password,
        var.authorization.oauth_client_credentials[*].client_id,
        var.authorization.oauth_client_credentials[*].client_secret,
      ) : text == null ? true : can(regex("^[^\\x00-\\x1f\\x7f]{1,512}$", text)) && trimspace(text) == text
    ])
    error_message = "authorization has an empty or unusable text: the name, key, user name, password, client id and client secret each have 1 to 512 characters, no line breaks, and no spaces around them. A key that is read from a file often ends with a line break: wrap it in trimspace(…)."
  }

  validation {
    condition     = var.authorization.api_key == null ? true : can(regex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", var.authorization.api_key.name))
    error_message = "authorization.api_key.name is the name of a header, such as \"Authorization\" or \"X-Api-Key\": letters, digits and '-', without a colon."
  }

  validation {
    condition     = var.authorization.oauth_client_credentials == null ? true : can(regex("^https://[^/?#@\\s]+(/[^@\\s]*)?$", var.authorization.oauth_client_credentials.endpoint))
    error_message = "authorization.oauth_client_credentials.endpoint is an https:// URL without credentials, such as \"https://login.example.com/oauth/token\": EventBridge sends client_id and client_secret itself."
  }

  validation {
    condition     = var.authorization.oauth_client_credentials == null ? true : contains(["GET", "POST", "PUT"], var.authorization.oauth_client_credentials.http_method)
    error_message = "authorization.oauth_client_credentials.http_method is \"GET\", \"POST\" or \"PUT\"."
  }

  validation {
    condition = alltrue([
      for from in concat(
        var.authorization.api_key[*].value_from,
        var.authorization.basic[*].password_from,
        var.authorization.oauth_client_credentials[*].client_secret_from,
        flatten([
          for client in var.authorization.oauth_client_credentials[*] :
          concat(values(client.headers), values(client.query), values(client.body))
        ])[*].value_from,
      ) : from == null ? true : can(regex("^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$", from.secret_arn))
    ])
    error_message = "secret_arn is the ARN of a secret in Secrets Manager, such as aws_secretsmanager_secret.token.arn. json_key names a part of the secret."
  }
}
