variable "preset" {
  description = "API and shape of the request: a preset of the README's list. Default `json`: the state's input, or `body`, to `endpoint`."
  type        = string
  default     = "json"
  nullable    = false

  validation {
    condition     = contains(keys(local.presets), var.preset)
    error_message = "preset ${jsonencode(var.preset)} does not exist. Use one of ${join(", ", keys(local.presets))}; \"json\" sends any body to any endpoint."
  }
}

variable "endpoint" {
  description = <<-EOT
    URL of the API: https, with a fixed host. `{name}` in its path is a field, URL-encoded: see `fields`. Query parameters belong in `query`. The URL is in the definition and in the role's policy, so it must hold no credential. With `endpoint_secret_arn` it is only the beginning of the URL. Default null: the preset's.
  EOT
  type        = string
  default     = null

  validation {
    condition     = var.endpoint == null ? true : startswith(lower(var.endpoint), "https://")
    error_message = "endpoint has to begin with https://: an HTTP Task calls nothing else, and over http:// the credentials would be readable on the way. Write https://${try(replace(var.endpoint, "/^[A-Za-z]+://([^/@]*@)?/", ""), "")}."
  }

  validation {
    condition     = var.endpoint == null ? true : !can(regex("^[A-Za-z]+://[^/?#]*@", var.endpoint))
    error_message = "endpoint has credentials in it (before the @). Take them out and give them to the connection: modules/http-connection, authorization = { basic = { username, password } }."
  }

  validation {
    condition     = var.endpoint == null ? true : !can(regex("^[A-Za-z]+://[^/?#]*\\{", var.endpoint))
    error_message = "endpoint takes its host from a field. The host has to be fixed, or an input could send the credentials anywhere; use {name} after the first slash only, and one notifier for each host."
  }

  validation {
    condition     = var.endpoint == null ? true : !strcontains(var.endpoint, "?") && !strcontains(var.endpoint, "#")
    error_message = "endpoint has a query. Give its parameters in query = { … }; a secret one, such as the sig of a Microsoft Teams webhook, in invocation_parameters.query of modules/http-connection."
  }

  validation {
    condition = var.endpoint == null ? true : can(regex(
      "^(?i:https)://([^/?#@]*@)?[A-Za-z0-9{}_.-]+(:[0-9]+)?(/([A-Za-z0-9._~!$&()+,;=:@%-]|\\{[a-z][a-z0-9_]*\\})*)*([?#].*)?$", var.endpoint
    )) || !startswith(lower(var.endpoint), "https://")
    error_message = "endpoint is no URL: https://HOST/PATH, with other characters than letters, digits and -._~!$&()+,;=:@ written as %XX, and fields as {name} (small letters, digits, '_'): ${jsonencode(var.endpoint)}."
  }

  validation {
    condition     = var.endpoint != null || can(local.preset.endpoint) || can(local.preset.secret_endpoint) || !contains(keys(local.presets), var.preset)
    error_message = "The preset ${var.preset} has no endpoint: set endpoint, such as \"https://api.example.com/notices\"."
  }
}

variable "endpoint_secret_arn" {
  description = "ARN of a secret in Secrets Manager whose text is the whole URL, for APIs whose URL is the credential. The secret is read before each notification; it is in no definition, policy or state. The role may only call URLs that begin with `endpoint`. Default null: the URL is no secret."
  type        = string
  default     = null

  validation {
    condition     = var.endpoint_secret_arn != null || !can(local.preset.secret_endpoint)
    error_message = "The URL of ${var.preset} is a credential: anyone who has it can send. Put the whole URL (${try(local.preset.secret_endpoint, "")}…) into a secret in Secrets Manager and set endpoint_secret_arn to its ARN, not endpoint."
  }

  validation {
    condition     = var.endpoint_secret_arn == null ? true : can(regex("^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$", var.endpoint_secret_arn))
    error_message = "endpoint_secret_arn is the ARN of a secret in Secrets Manager, such as aws_secretsmanager_secret.slack_url.arn."
  }

  validation {
    condition     = var.endpoint_secret_arn == null ? true : try(endswith(local.endpoint, "/") && !strcontains(local.endpoint, "{"), false)
    error_message = "With endpoint_secret_arn, endpoint is the beginning of the URL in the secret: it ends with '/' and has no {fields}, such as \"https://hooks.slack.com/services/\"."
  }
}

variable "fields" {
  description = <<-EOT
    Values of the preset's fields and of the {names} of `endpoint`: constants, or JSONata expressions over the state's input, such as `{ channel = "#orders", text = "{% 'Order ' & $states.input.order_id & ' was shipped' %}" }`. A field without a value here is taken from the state's input, by its name.
  EOT
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.fields), local.fields)) == 0
    error_message = "${var.preset} has no field ${join(", ", setsubtract(keys(var.fields), local.fields))}: its fields are ${length(local.fields) == 0 ? "none" : join(", ", local.fields)}. Use body, headers and query for other values."
  }

  validation {
    condition     = alltrue([for name in local.path_fields : !contains(["", ".", ".."], lookup(var.fields, name, "-"))])
    error_message = "A field of the URL (${join(", ", local.path_fields)}) is empty or a step up in the path; use its name, such as { repo = \"shop\" }."
  }
}

variable "method" {
  description = "HTTP method: GET, POST, PUT, DELETE, PATCH, OPTIONS or HEAD. Default null: the preset's, which is POST."
  type        = string
  default     = null

  validation {
    condition     = var.method == null ? true : contains(["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"], var.method)
    error_message = "method is one of GET, POST, PUT, DELETE, PATCH, OPTIONS and HEAD, in capitals."
  }
}

variable "headers" {
  description = "Headers in addition to the preset's and the connection's: constants, or JSONata expressions, which may use the fields by name and `$idempotency_key`, such as `{ \"X-Request-Id\" = \"{% $idempotency_key %}\" }`. Default none."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.headers) : can(regex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", name))])
    error_message = "headers maps names, such as \"X-Team\", to values: letters, digits and '-', without a colon."
  }

  validation {
    condition     = alltrue([for name in keys(var.headers) : !can(regex(local.forbidden_headers, lower(name)))])
    error_message = "Step Functions does not let a state send ${join(", ", [for name in keys(var.headers) : name if can(regex(local.forbidden_headers, lower(name)))])}. Remove it from headers; an Authorization belongs into the connection: modules/http-connection, authorization = { api_key = { name = \"Authorization\", value = … } }."
  }

  validation {
    condition     = alltrue([for value in values(var.headers) : !can(regex("[\\r\\n]", value)) || startswith(value, "{%")])
    error_message = "A value of headers has a line break; a header is one line."
  }
}

variable "query" {
  description = "Query parameters in addition to the preset's and the connection's, as `headers`. Default none."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "body" {
  description = "Body instead of the preset's: a JSON text in which strings of the form `{% … %}` are JSONata expressions over the state's input, such as `jsonencode({ text = \"{% $states.input.text %}\" })`. Default null: the preset's; with `json` the whole input."
  type        = string
  default     = null

  validation {
    condition     = var.body == null ? true : can(jsondecode(var.body))
    error_message = "body is no JSON: wrap it in jsonencode(…), even a single expression or a plain text."
  }

  validation {
    condition     = var.body == null ? true : !contains(["GET", "HEAD"], local.method)
    error_message = "A ${local.method} request has no body: remove body, or set method to \"POST\"."
  }
}

variable "form" {
  description = "Body URL-encoded, as a form's, instead of as JSON; `array_format` is the notation of lists: `INDICES` (default, `a[0]=1`), `REPEAT`, `COMMAS` or `BRACKETS`. Default null: the preset's."
  type = object({
    array_format = optional(string, "INDICES")
  })
  default = null

  validation {
    condition     = var.form == null ? true : contains(["INDICES", "REPEAT", "COMMAS", "BRACKETS"], var.form.array_format)
    error_message = "form.array_format is \"INDICES\", \"REPEAT\", \"COMMAS\" or \"BRACKETS\"."
  }
}
