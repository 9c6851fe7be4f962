# A connection whose secrets are given by value. The provider waits until EventBridge
# has authorized it.

resource "aws_cloudwatch_event_connection" "this" {
  count = local.is_by_value ? 1 : 0

  name               = var.name
  description        = var.description
  authorization_type = upper(local.kind)
  kms_key_identifier = var.kms_key_arn

  auth_parameters {
    dynamic "api_key" {
      for_each = local.kind == "api_key" ? [var.authorization.api_key.name] : []
      content {
        key   = api_key.value
        value = local.texts.authorization
      }
    }

    dynamic "basic" {
      for_each = local.kind == "basic" ? [var.authorization.basic.username] : []
      content {
        username = basic.value
        password = local.texts.authorization
      }
    }

    dynamic "oauth" {
      for_each = local.kind == "oauth_client_credentials" ? [local.kind] : []
      content {
        authorization_endpoint = var.authorization.oauth_client_credentials.endpoint
        http_method            = var.authorization.oauth_client_credentials.http_method

        client_parameters {
          client_id     = var.authorization.oauth_client_credentials.client_id
          client_secret = local.texts.authorization
        }

        oauth_http_parameters {
          dynamic "header" {
            for_each = local.oauth_names.headers
            content {
              key             = header.value
              value           = local.texts["oauth headers ${header.value}"]
              is_value_secret = var.authorization.oauth_client_credentials.headers[header.value].is_value_secret
            }
          }

          dynamic "query_string" {
            for_each = local.oauth_names.query
            content {
              key             = query_string.value
              value           = local.texts["oauth query ${query_string.value}"]
              is_value_secret = var.authorization.oauth_client_credentials.query[query_string.value].is_value_secret
            }
          }

          dynamic "body" {
            for_each = local.oauth_names.body
            content {
              key             = body.value
              value           = local.texts["oauth body ${body.value}"]
              is_value_secret = var.authorization.oauth_client_credentials.body[body.value].is_value_secret
            }
          }
        }
      }
    }

    dynamic "invocation_http_parameters" {
      for_each = length(flatten(values(local.names))) > 0 ? [true] : []
      content {
        dynamic "header" {
          for_each = local.names.headers
          content {
            key             = header.value
            value           = local.texts["headers ${header.value}"]
            is_value_secret = var.invocation_parameters.headers[header.value].is_value_secret
          }
        }

        dynamic "query_string" {
          for_each = local.names.query
          content {
            key             = query_string.value
            value           = local.texts["query ${query_string.value}"]
            is_value_secret = var.invocation_parameters.query[query_string.value].is_value_secret
          }
        }

        dynamic "body" {
          for_each = local.names.body
          content {
            key             = body.value
            value           = local.texts["body ${body.value}"]
            is_value_secret = var.invocation_parameters.body[body.value].is_value_secret
          }
        }
      }
    }
  }
}
