# The connection, where a secret comes from Secrets Manager. EventBridge's API
# takes only values, and the provider (5.100) has no write-only argument for
# them: the value would be in Terraform's state. CloudFormation resolves
# references while it makes the connection: the value is in no plan, no state
# and no template.

locals {
  _cloudformation_names = { headers = "HeaderParameters", query = "QueryStringParameters", body = "BodyParameters" }

  _authorization_parameters = merge(
    local.authorization_type == "api_key" ? {
      ApiKeyAuthParameters = {
        ApiKeyName  = var.authorization.api_key.name
        ApiKeyValue = local.values.authorization
      }
    } : null,
    local.authorization_type == "basic" ? {
      BasicAuthParameters = {
        Username = var.authorization.basic.username
        Password = local.values.authorization
      }
    } : null,
    local.authorization_type == "oauth_client_credentials" ? {
      OAuthParameters = {
        AuthorizationEndpoint = var.authorization.oauth_client_credentials.endpoint
        HttpMethod            = var.authorization.oauth_client_credentials.http_method
        ClientParameters = {
          ClientID     = var.authorization.oauth_client_credentials.client_id
          ClientSecret = local.values.authorization
        }
        OAuthHttpParameters = {
          for part, key in local._cloudformation_names : key => [
            for name in local.oauth_parameter_names[part] : {
              Key           = name
              Value         = local.values["oauth ${part} ${name}"]
              IsValueSecret = var.authorization.oauth_client_credentials[part][name].is_value_secret
            }
          ] if length(local.oauth_parameter_names[part]) > 0
        }
      }
    } : null,
  )

  properties = merge(
    {
      Name              = var.name
      AuthorizationType = upper(local.authorization_type)
      AuthParameters = merge(
        local._authorization_parameters,
        length(local.parameters) > 0 ? {
          InvocationHttpParameters = {
            for part, key in local._cloudformation_names : key => [
              for name in local.parameter_names[part] : {
                Key           = name
                Value         = local.values["${part} ${name}"]
                IsValueSecret = var.invocation_parameters[part][name].is_value_secret
              }
            ] if length(local.parameter_names[part]) > 0
          }
        } : null,
      )
    },
    var.description == null ? null : { Description = var.description },
    var.kms_key_arn == null ? null : { KmsKeyIdentifier = var.kms_key_arn },
  )
}

resource "aws_cloudformation_stack" "this" {
  count = local.is_by_value ? 0 : 1

  # Names of stacks have neither dots nor underscores. The hash tells apart
  # connections whose names differ only in those.
  name = "connection-${replace(var.name, "/[._]/", "-")}-${substr(sha1(var.name), 0, 8)}"

  template_body = jsonencode({
    Description = "The EventBridge connection ${var.name}: its secrets are taken from Secrets Manager"
    Resources = {
      Connection = {
        Type       = "AWS::Events::Connection"
        Properties = local.properties
      }
    }
    Outputs = {
      Arn       = { Value = { "Fn::GetAtt" = ["Connection", "Arn"] } }
      SecretArn = { Value = { "Fn::GetAtt" = ["Connection", "SecretArn"] } }
    }
  })

  lifecycle {
    precondition {
      condition     = length(local.secrets_by_value) == 0
      error_message = "${join(", ", local.secrets_by_value)}: given by value beside a secret from Secrets Manager, and so readable in the template of this stack. Put it into Secrets Manager as well and name it by value_from (password_from, client_secret_from) = { secret_arn = … }. Where it is not secret, set is_value_secret = false."
    }
  }

  # Both connections have one name: the old one is deleted before the new one
  # is made.
  depends_on = [aws_cloudwatch_event_connection.this]
}
