# What is secret, and where it comes from.

locals {
  # Which kind of authorization it is, what the parameters are called and whether a
  # secret is given by value is not secret itself.
  kind = nonsensitive(one([
    for kind in ["api_key", "basic", "oauth_client_credentials"] : kind
    if var.authorization[kind] != null
  ]))
  names = {
    for part in ["headers", "query", "body"] : part => nonsensitive(keys(var.invocation_parameters[part]))
  }
  oauth_names = {
    for part in ["headers", "query", "body"] : part => nonsensitive(
      var.authorization.oauth_client_credentials == null ? [] : keys(var.authorization.oauth_client_credentials[part])
    )
  }

  _oauth_parameters = merge([
    for part, names in local.oauth_names : {
      for name in names : "${part} ${name}" => var.authorization.oauth_client_credentials[part][name]
    }
  ]...)
  parameters = merge([
    for part, names in local.names : {
      for name in names : "${part} ${name}" => var.invocation_parameters[part][name]
    }
  ]...)

  # By what it is for: where it is given, the value or the reference, and whether nobody
  # may read it.
  _given = merge(
    local.kind == "api_key" ? {
      authorization = {
        place     = "authorization.api_key.value"
        value     = var.authorization.api_key.value
        from      = var.authorization.api_key.value_from
        is_secret = var.authorization.api_key.is_value_secret
      }
    } : null,
    local.kind == "basic" ? {
      authorization = {
        place     = "authorization.basic.password"
        value     = var.authorization.basic.password
        from      = var.authorization.basic.password_from == null ? null : merge(var.authorization.basic.password_from, { prefix = "" })
        is_secret = true
      }
    } : null,
    local.kind == "oauth_client_credentials" ? {
      authorization = {
        place     = "authorization.oauth_client_credentials.client_secret"
        value     = var.authorization.oauth_client_credentials.client_secret
        from      = var.authorization.oauth_client_credentials.client_secret_from == null ? null : merge(var.authorization.oauth_client_credentials.client_secret_from, { prefix = "" })
        is_secret = true
      }
    } : null,
    {
      for name, parameter in local._oauth_parameters : "oauth ${name}" => {
        place     = "authorization.oauth_client_credentials.${join(".", split(" ", name))}"
        value     = parameter.value
        from      = parameter.value_from == null ? null : merge(parameter.value_from, { prefix = "" })
        is_secret = parameter.is_value_secret
      }
    },
    {
      for name, parameter in local.parameters : name => {
        place     = "invocation_parameters.${join(".", split(" ", name))}"
        value     = parameter.value
        from      = parameter.value_from == null ? null : merge(parameter.value_from, { prefix = "" })
        is_secret = parameter.is_value_secret
      }
    },
  )

  is_by_value = nonsensitive(alltrue([for given in values(local._given) : given.from == null]))

  # A template would show them.
  secrets_by_value = nonsensitive([
    for given in values(local._given) : given.place if given.from == null && given.is_secret
  ])

  # The values, and for what is in Secrets Manager CloudFormation's reference to it.
  texts = {
    for name, given in local._given : name => given.from == null ? given.value : join("", [
      given.from.prefix,
      "{{",
      join(":", [
        "resolve:secretsmanager",
        given.from.secret_arn,
        "SecretString",
        given.from.json_key == null ? "" : given.from.json_key,
        "",
        given.from.version_id == null ? "" : given.from.version_id,
      ]),
      "}}",
    ])
  }
}
