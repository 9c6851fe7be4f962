# The connection, where all secrets are given by value. The provider waits
# until EventBridge has authorized it.

resource "aws_cloudwatch_event_connection" "this" {
  count = local.is_by_value ? 1 : 0

  name               = var.name
  description        = var.description
  authorization_type = upper(local.authorization_type)
  kms_key_identifier = var.kms_key_arn

  auth_parameters {
    dynamic "api_key" {
      for_each = local.authorization_type == "api_key" ? [var.authorization.api_key.name] : []
      content {
        key   = api_key.value
        value = local.values.authorization
      }
    }

    dynamic "basic" {
      for_each = local.authorization_type == "basic" ? [var.authorization.basic.username] : []
      content {
        username = basic.value
        password = local.values.authorization
      }
    }

    dynamic "oauth" {
      for_each = local.authorization_type == "oauth_client_credentials" ? [local.authorization_type] : []
      content {
        authorization_endpoint = var.authorization.oauth_client_credentials.endpoint
        http_method            = var.authorization.oauth_client_credentials.http_method

        client_parameters {
          client_id     = var.authorization.oauth_client_credentials.client_id
          client_secret = local.values.authorization
        }

        oauth_http_parameters {
          dynamic "header" {
            for_each = local.oauth_parameter_names.headers
            content {
              key             = header.value
              value           = local.values["oauth headers ${header.value}"]
              is_value_secret = var.authorization.oauth_client_credentials.headers[header.value].is_value_secret
            }
          }

          dynamic "query_string" {
            for_each = local.oauth_parameter_names.query
            content {
              key             = query_string.value
              value           = local.values["oauth query ${query_string.value}"]
              is_value_secret = var.authorization.oauth_client_credentials.query[query_string.value].is_value_secret
            }
          }

          dynamic "body" {
            for_each = local.oauth_parameter_names.body
            content {
              key             = body.value
              value           = local.values["oauth body ${body.value}"]
              is_value_secret = var.authorization.oauth_client_credentials.body[body.value].is_value_secret
            }
          }
        }
      }
    }

    dynamic "invocation_http_parameters" {
      for_each = length(flatten(values(local.parameter_names))) > 0 ? [true] : []
      content {
        dynamic "header" {
          for_each = local.parameter_names.headers
          content {
            key             = header.value
            value           = local.values["headers ${header.value}"]
            is_value_secret = var.invocation_parameters.headers[header.value].is_value_secret
          }
        }

        dynamic "query_string" {
          for_each = local.parameter_names.query
          content {
            key             = query_string.value
            value           = local.values["query ${query_string.value}"]
            is_value_secret = var.invocation_parameters.query[query_string.value].is_value_secret
          }
        }

        dynamic "body" {
          for_each = local.parameter_names.body
          content {
            key             = body.value
            value           = local.values["body ${body.value}"]
            is_value_secret = var.invocation_parameters.body[body.value].is_value_secret
          }
        }
      }
    }
  }
}
