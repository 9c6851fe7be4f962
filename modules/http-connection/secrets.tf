# What is secret, and where it comes from.

locals {
  # Which kind of authorization it is, what the parameters are called and whether a
  # secret is given by value is not secret itself.
  _kind = nonsensitive(one([
    for kind in ["api_key", "basic", "oauth_client_credentials"] : kind
    if var.authorization[kind] != null
  ]))
  _names = {
    for part in ["headers", "query", "body"] : part => nonsensitive(keys(var.invocation_parameters[part]))
  }
  _oauth_names = {
    for part in ["headers", "query", "body"] : part => nonsensitive(try(keys(var.authorization.oauth_client_credentials[part]), []))
  }

  _given = merge(
    {
      authorization = one(concat(
        [for key in [var.authorization.api_key] : { value = key.value, from = key.value_from } if key != null],
        [
          for basic in [var.authorization.basic] :
          { value = basic.password, from = basic.password_from == null ? null : merge(basic.password_from, { prefix = "" }) }
          if basic != null
        ],
        [
          for client in [var.authorization.oauth_client_credentials] :
          { value = client.client_secret, from = client.client_secret_from == null ? null : merge(client.client_secret_from, { prefix = "" }) }
          if client != null
        ],
      ))
    },
    [
      for part, names in local._names : {
        for name in names : "${part} ${name}" => {
          value = var.invocation_parameters[part][name].value
          from  = var.invocation_parameters[part][name].value_from == null ? null : merge(var.invocation_parameters[part][name].value_from, { prefix = "" })
        }
      }
    ]...
  )

  _is_by_value = nonsensitive(alltrue([for given in values(local._given) : given.from == null]))

  # The values, and for what is in Secrets Manager CloudFormation's reference to it.
  _texts = {
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
