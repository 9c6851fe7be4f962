# Callers of each route: the document's security schemes, and the API's
# resource policy.

locals {
  security_schemes = merge(
    {
      sigv4 = {
        type                         = "apiKey"
        name                         = "Authorization"
        in                           = "header"
        x-amazon-apigateway-authtype = "awsSigv4"
      }
    },
    !contains(values(local.routes)[*].authorization, "API_KEY") ? {} : {
      api_key = { type = "apiKey", name = "x-api-key", in = "header" }
    },
    {
      for name, authorizer in var.authorizers : name => {
        type                         = "apiKey"
        name                         = "Authorization"
        in                           = "header"
        x-amazon-apigateway-authtype = "cognito_user_pools"
        x-amazon-apigateway-authorizer = {
          type         = "cognito_user_pools"
          providerARNs = authorizer.cognito.user_pool_arns
        }
      } if authorizer.cognito != null
    },
    {
      for name, authorizer in var.authorizers : name => {
        type                         = "apiKey"
        name                         = "Unused"
        in                           = "header"
        x-amazon-apigateway-authtype = "custom"
        x-amazon-apigateway-authorizer = {
          type                         = "request"
          authorizerUri                = "${local.apigateway_arn}:lambda:path/2015-03-31/functions/${authorizer.lambda.function_arn}/invocations"
          authorizerCredentials        = local.role_arn
          authorizerResultTtlInSeconds = authorizer.lambda.cache_seconds
          identitySource               = join(", ", [for header in authorizer.lambda.identity_headers : "method.request.header.${header}"])
        }
      } if authorizer.lambda != null
    },
  )

  security = {
    for key, route in local.routes : key => (
      route.authorization == "NONE" ? [] :
      route.authorization == "AWS_IAM" ? [{ sigv4 = [] }] :
      route.authorization == "API_KEY" ? [{ api_key = [] }] :
      [{ (route.authorization) = route.scopes }]
    )
  }

  # Routes in the resource policy, with "*" for each parameter.
  _policy_resources = {
    for key, route in local.routes : key =>
    "execute-api:/${var.stage_name}/${route.method}${replace(route.path, "/\\{[^{}]+\\}/", "*")}"
  }

  _iam_routes  = sort([for key, route in local.routes : local._policy_resources[key] if route.authorization == "AWS_IAM"])
  _open_routes = sort([for key, route in local.routes : local._policy_resources[key] if route.authorization != "AWS_IAM"])

  _access = var.access == null ? { account_ids = [], source_cidrs = [], vpc_endpoint_ids = [], policy = null } : var.access

  # With an account's root as principal, that account's policies decide which
  # of its callers may call. "*" would let every principal of this account
  # call.
  _principal_arns = [
    for id in concat([data.aws_caller_identity.this.account_id], local._access.account_ids) :
    "arn:${data.aws_partition.this.partition}:iam::${id}:root"
  ]

  _source_ip_key = var.endpoint.type == "PRIVATE" ? "aws:VpcSourceIp" : "aws:SourceIp"

  _allow_statements = [
    for allowed in [
      { principal = { AWS = local._principal_arns }, routes = local._iam_routes },
      { principal = "*", routes = local._open_routes },
    ] :
    {
      Effect    = "Allow"
      Principal = allowed.principal
      Action    = "execute-api:Invoke"
      Resource  = allowed.routes
    } if length(allowed.routes) > 0
  ]

  _deny_statements = [
    for denied in [
      { operator = "NotIpAddress", key = local._source_ip_key, values = local._access.source_cidrs },
      { operator = "StringNotEquals", key = "aws:SourceVpce", values = local._access.vpc_endpoint_ids },
    ] :
    {
      Effect    = "Deny"
      Principal = "*"
      Action    = "execute-api:Invoke"
      Resource  = ["execute-api:/*"]
      Condition = { (denied.operator) = { (denied.key) = denied.values } }
    } if length(denied.values) > 0
  ]

  policy = var.access == null ? null : coalesce(local._access.policy, jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local._allow_statements, local._deny_statements)
  }))
}

# Not part of the document: the provider keeps a policy that it has read, and
# puts it back whenever the document changes. ARNs are written in full, as API
# Gateway returns them: the short form would differ in every plan.
resource "aws_api_gateway_rest_api_policy" "this" {
  count = var.access == null ? 0 : 1

  rest_api_id = aws_api_gateway_rest_api.this.id
  policy      = replace(local.policy, "execute-api:/", "${aws_api_gateway_rest_api.this.execution_arn}/")
}
