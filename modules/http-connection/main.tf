# A connection whose secrets are given by value. The provider waits until EventBridge
# has authorized it.

resource "aws_cloudwatch_event_connection" "this" {
  count = local._is_by_value ? 1 : 0

  name               = var.name
  description        = var.description
  authorization_type = upper(local._kind)
  kms_key_identifier = var.kms_key_arn

  auth_parameters {
    dynamic "api_key" {
      for_each = local._kind == "api_key" ? [var.authorization.api_key.name] : []
      content {
        key   = api_key.value
        value = local._texts.authorization
      }
    }

    dynamic "basic" {
      for_each = local._kind == "basic" ? [var.authorization.basic.username] : []
      content {
        username = basic.value
        password = local._texts.authorization
      }
    }

    dynamic "oauth" {
      for_each = local._kind == "oauth_client_credentials" ? [local._kind] : []
      content {
        authorization_endpoint = var.authorization.oauth_client_credentials.endpoint
        http_method            = var.authorization.oauth_client_credentials.http_method

        client_parameters {
          client_id     = var.authorization.oauth_client_credentials.client_id
          client_secret = local._texts.authorization
        }

        oauth_http_parameters {
          dynamic "header" {
            for_each = local._oauth_names.headers
            content {
              key             = header.value
              value           = local._texts["oauth headers ${header.value}"]
              is_value_secret = var.authorization.oauth_client_credentials.headers[header.value].is_value_secret
            }
          }

          dynamic "query_string" {
            for_each = local._oauth_names.query
            content {
              key             = query_string.value
              value           = local._texts["oauth query ${query_string.value}"]
              is_value_secret = var.authorization.oauth_client_credentials.query[query_string.value].is_value_secret
            }
          }

          dynamic "body" {
            for_each = local._oauth_names.body
            content {
              key             = body.value
              value           = local._texts["oauth body ${body.value}"]
              is_value_secret = var.authorization.oauth_client_credentials.body[body.value].is_value_secret
            }
          }
        }
      }
    }

    dynamic "invocation_http_parameters" {
      for_each = length(flatten(values(local._names))) > 0 ? [true] : []
      content {
        dynamic "header" {
          for_each = local._names.headers
          content {
            key             = header.value
            value           = local._texts["headers ${header.value}"]
            is_value_secret = var.invocation_parameters.headers[header.value].is_value_secret
          }
        }

        dynamic "query_string" {
          for_each = local._names.query
          content {
            key             = query_string.value
            value           = local._texts["query ${query_string.value}"]
            is_value_secret = var.invocation_parameters.query[query_string.value].is_value_secret
          }
        }

        dynamic "body" {
          for_each = local._names.body
          content {
            key             = body.value
            value           = local._texts["body ${body.value}"]
            is_value_secret = var.invocation_parameters.body[body.value].is_value_secret
          }
        }
      }
    }
  }
}
