# Secrets and other values, each with its source.

locals {
  # The authorization type, the names of parameters, and the way in which a
  # secret is given are not secret.
  authorization_type = nonsensitive(one([
    for kind in ["api_key", "basic", "oauth_client_credentials"] : kind
    if var.authorization[kind] != null
  ]))
  parameter_names = {
    for part in ["headers", "query", "body"] : part => nonsensitive(keys(var.invocation_parameters[part]))
  }
  oauth_parameter_names = {
    for part in ["headers", "query", "body"] : part => nonsensitive(
      var.authorization.oauth_client_credentials == null ? [] : keys(var.authorization.oauth_client_credentials[part])
    )
  }

  _oauth_parameters = merge([
    for part, names in local.oauth_parameter_names : {
      for name in names : "${part} ${name}" => var.authorization.oauth_client_credentials[part][name]
    }
  ]...)
  parameters = merge([
    for part, names in local.parameter_names : {
      for name in names : "${part} ${name}" => var.invocation_parameters[part][name]
    }
  ]...)

  # Sources by use: the argument, its value or reference, and whether it is
  # secret.
  _sources = merge(
    local.authorization_type == "api_key" ? {
      authorization = {
        argument  = "authorization.api_key.value"
        value     = var.authorization.api_key.value
        from      = var.authorization.api_key.value_from
        is_secret = var.authorization.api_key.is_value_secret
      }
    } : null,
    local.authorization_type == "basic" ? {
      authorization = {
        argument  = "authorization.basic.password"
        value     = var.authorization.basic.password
        from      = var.authorization.basic.password_from == null ? null : merge(var.authorization.basic.password_from, { prefix = "" })
        is_secret = true
      }
    } : null,
    local.authorization_type == "oauth_client_credentials" ? {
      authorization = {
        argument  = "authorization.oauth_client_credentials.client_secret"
        value     = var.authorization.oauth_client_credentials.client_secret
        from      = var.authorization.oauth_client_credentials.client_secret_from == null ? null : merge(var.authorization.oauth_client_credentials.client_secret_from, { prefix = "" })
        is_secret = true
      }
    } : null,
    {
      for name, parameter in local._oauth_parameters : "oauth ${name}" => {
        argument  = "authorization.oauth_client_credentials.${join(".", split(" ", name))}"
        value     = parameter.value
        from      = parameter.value_from == null ? null : merge(parameter.value_from, { prefix = "" })
        is_secret = parameter.is_value_secret
      }
    },
    {
      for name, parameter in local.parameters : name => {
        argument  = "invocation_parameters.${join(".", split(" ", name))}"
        value     = parameter.value
        from      = parameter.value_from == null ? null : merge(parameter.value_from, { prefix = "" })
        is_secret = parameter.is_value_secret
      }
    },
  )

  is_by_value = nonsensitive(alltrue([for source in values(local._sources) : source.from == null]))

  # Refused beside a reference: the stack's template would show them.
  secrets_by_value = nonsensitive([
    for source in values(local._sources) : source.argument if source.from == null && source.is_secret
  ])

  # Values, or CloudFormation's dynamic references to Secrets Manager.
  values = {
    for name, source in local._sources : name => source.from == null ? source.value : join("", [
      source.from.prefix,
      "{{",
      join(":", [
        "resolve:secretsmanager",
        source.from.secret_arn,
        "SecretString",
        source.from.json_key == null ? "" : source.from.json_key,
        "",
        source.from.version_id == null ? "" : source.from.version_id,
      ]),
      "}}",
    ])
  }
}
