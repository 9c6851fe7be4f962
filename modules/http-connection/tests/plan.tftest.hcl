# Plans of the module for each kind of setting.

mock_provider "aws" {}

variables {
  name          = "slack"
  authorization = { api_key = { name = "Authorization", value = "Bearer xoxb-1" } }
}

run "a_secret_by_value_is_a_connection" {
  command = plan

  assert {
    condition     = aws_cloudwatch_event_connection.this[0].authorization_type == "API_KEY"
    error_message = aws_cloudwatch_event_connection.this[0].authorization_type
  }
  assert {
    condition     = nonsensitive(aws_cloudwatch_event_connection.this[0].auth_parameters[0].api_key[0].key) == "Authorization"
    error_message = "The key is the header's name."
  }
  assert {
    condition     = length(aws_cloudformation_stack.this) == 0 && length(aws_cloudwatch_event_connection.this[0].auth_parameters[0].invocation_http_parameters) == 0
    error_message = "There is nothing else."
  }
}

run "a_secret_by_reference_is_in_no_plan" {
  command = plan

  variables {
    authorization = { api_key = {
      name = "Authorization"
      value_from = {
        secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token-AbCdEf"
        json_key   = "bot"
        version_id = "11111111-2222-3333-4444-555555555555"
        prefix     = "Bearer "
      }
    } }
  }
  assert {
    condition     = length(aws_cloudwatch_event_connection.this) == 0
    error_message = "CloudFormation makes the connection."
  }
  assert {
    condition     = nonsensitive(jsondecode(aws_cloudformation_stack.this[0].template_body)).Resources.Connection.Properties.AuthParameters.ApiKeyAuthParameters.ApiKeyValue == "Bearer {{resolve:secretsmanager:arn:aws:secretsmanager:us-east-1:123456789012:secret:token-AbCdEf:SecretString:bot::11111111-2222-3333-4444-555555555555}}"
    error_message = nonsensitive(aws_cloudformation_stack.this[0].template_body)
  }
}

run "one_reference_among_what_is_no_secret_is_enough_for_that" {
  command = plan

  variables {
    authorization = { api_key = { name = "X-Sent-By", value = "shop", is_value_secret = false } }
    invocation_parameters = {
      body = {
        routing_key = { value_from = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf" } }
        client      = { value = "shop", is_value_secret = false }
      }
    }
  }
  assert {
    condition = nonsensitive(jsondecode(aws_cloudformation_stack.this[0].template_body)).Resources.Connection.Properties.AuthParameters == {
      ApiKeyAuthParameters = { ApiKeyName = "X-Sent-By", ApiKeyValue = "shop" }
      InvocationHttpParameters = {
        BodyParameters = [
          { Key = "client", Value = "shop", IsValueSecret = false },
          { Key = "routing_key", Value = "{{resolve:secretsmanager:arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf:SecretString:::}}", IsValueSecret = true },
        ]
      }
    }
    error_message = nonsensitive(aws_cloudformation_stack.this[0].template_body)
  }
}

run "parameters_of_the_token_endpoint_can_be_secrets" {
  command = plan

  variables {
    authorization = { oauth_client_credentials = {
      endpoint           = "https://login.example.com/token"
      client_id          = "id"
      client_secret_from = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:crm-AbCdEf" }
      body = {
        assertion  = { value_from = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:crm-AbCdEf", json_key = "assertion" }, is_value_secret = true }
        grant_type = { value = "client_credentials" }
      }
    } }
  }
  assert {
    condition = nonsensitive(jsondecode(aws_cloudformation_stack.this[0].template_body)).Resources.Connection.Properties.AuthParameters.OAuthParameters.OAuthHttpParameters.BodyParameters == [
      { Key = "assertion", Value = "{{resolve:secretsmanager:arn:aws:secretsmanager:us-east-1:123456789012:secret:crm-AbCdEf:SecretString:assertion::}}", IsValueSecret = true },
      { Key = "grant_type", Value = "client_credentials", IsValueSecret = false },
    ]
    error_message = nonsensitive(aws_cloudformation_stack.this[0].template_body)
  }
}

run "basic_and_oauth_fill_their_own_blocks" {
  command = plan

  variables {
    authorization = { oauth_client_credentials = {
      endpoint      = "https://login.example.com/token"
      client_id     = "id"
      client_secret = "s"
      body          = { grant_type = { value = "client_credentials" } }
    } }
    invocation_parameters = { query = { sig = { value = "s3cret" } } }
  }
  assert {
    condition     = aws_cloudwatch_event_connection.this[0].authorization_type == "OAUTH_CLIENT_CREDENTIALS"
    error_message = aws_cloudwatch_event_connection.this[0].authorization_type
  }
  assert {
    condition     = nonsensitive(aws_cloudwatch_event_connection.this[0].auth_parameters[0].oauth[0].http_method) == "POST"
    error_message = "A token is got by POST."
  }
  assert {
    condition     = nonsensitive(aws_cloudwatch_event_connection.this[0].auth_parameters[0].oauth[0].oauth_http_parameters[0].body[0].key) == "grant_type"
    error_message = "The token endpoint gets what it asks for."
  }
  assert {
    condition     = aws_cloudwatch_event_connection.this[0].auth_parameters[0].invocation_http_parameters[0].query_string[0].is_value_secret
    error_message = "A parameter is secret unless it is said not to be."
  }
}
