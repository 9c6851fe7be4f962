# Bad input is an error at plan, and says what to change. A run has one mistake for each
# of the variables that it names.

mock_provider "aws" {}

variables {
  name          = "slack"
  authorization = { api_key = { name = "Authorization", value = "Bearer xoxb-1" } }
}

run "two_kinds_of_authorization_and_an_empty_parameter_are_refused" {
  command         = plan
  expect_failures = [var.authorization, var.invocation_parameters, var.kms_key_arn, var.name]
  variables {
    name = "my connection"
    authorization = {
      api_key = { name = "X-Api-Key", value = "k" }
      basic   = { username = "ada", password = "p" }
    }
    invocation_parameters = { headers = { "X-Team" = { value = "" } } }
    kms_key_arn           = "alias/connections"
  }
}

run "no_authorization_and_a_parameter_without_a_value_are_refused" {
  command         = plan
  expect_failures = [var.authorization, var.invocation_parameters]
  variables {
    authorization         = {}
    invocation_parameters = { query = { sig = {} } }
  }
}

run "an_empty_key_is_refused" {
  command         = plan
  expect_failures = [var.authorization]
  variables {
    authorization = { api_key = { name = "X-Api-Key", value = "" } }
  }
}

run "a_key_with_the_line_break_of_its_file_is_refused" {
  command         = plan
  expect_failures = [var.authorization]
  variables {
    authorization = { api_key = { name = "X-Api-Key", value = "k\n" } }
  }
}

run "an_empty_password_is_refused" {
  command         = plan
  expect_failures = [var.authorization]
  variables {
    authorization = { basic = { username = "ada", password = "" } }
  }
}

run "a_header_name_with_a_colon_is_refused" {
  command         = plan
  expect_failures = [var.authorization]
  variables {
    authorization = { api_key = { name = "Authorization:", value = "k" } }
  }
}

run "a_secret_by_value_and_by_reference_is_refused" {
  command         = plan
  expect_failures = [var.authorization]
  variables {
    authorization = { api_key = {
      name       = "X-Api-Key"
      value      = "k"
      value_from = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token-AbCdEf" }
    } }
  }
}

run "a_secret_that_is_not_given_is_refused" {
  command         = plan
  expect_failures = [var.authorization]
  variables {
    authorization = { basic = { username = "ada" } }
  }
}

run "a_reference_that_is_no_secret_is_refused" {
  command         = plan
  expect_failures = [var.authorization]
  variables {
    authorization = { basic = { username = "ada", password_from = { secret_arn = "token" } } }
  }
}

run "an_http_token_endpoint_is_refused" {
  command         = plan
  expect_failures = [var.authorization]
  variables {
    authorization = { oauth_client_credentials = {
      endpoint      = "http://login.example.com/token"
      client_id     = "id"
      client_secret = "s"
    } }
  }
}

run "credentials_in_a_token_endpoint_are_refused" {
  command         = plan
  expect_failures = [var.authorization]
  variables {
    authorization = { oauth_client_credentials = {
      endpoint      = "https://id:s@login.example.com/token"
      client_id     = "id"
      client_secret = "s"
    } }
  }
}

run "an_unknown_method_of_a_token_endpoint_is_refused" {
  command         = plan
  expect_failures = [var.authorization]
  variables {
    authorization = { oauth_client_credentials = {
      endpoint      = "https://login.example.com/token"
      http_method   = "PATCH"
      client_id     = "id"
      client_secret = "s"
    } }
  }
}

run "a_key_by_value_beside_a_secret_by_reference_is_refused" {
  command         = plan
  expect_failures = [aws_cloudformation_stack.this]
  variables {
    authorization         = { api_key = { name = "X-Api-Key", value = "k" } }
    invocation_parameters = { body = { routing_key = { value_from = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf" } } } }
  }
}

run "a_password_by_value_beside_a_secret_by_reference_is_refused" {
  command         = plan
  expect_failures = [aws_cloudformation_stack.this]
  variables {
    authorization         = { basic = { username = "ada", password = "p" } }
    invocation_parameters = { body = { routing_key = { value_from = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf" } } } }
  }
}

run "a_client_secret_by_value_beside_a_secret_by_reference_is_refused" {
  command         = plan
  expect_failures = [aws_cloudformation_stack.this]
  variables {
    authorization = { oauth_client_credentials = {
      endpoint      = "https://login.example.com/token"
      client_id     = "id"
      client_secret = "s"
    } }
    invocation_parameters = { query = { sig = { value_from = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf" } } } }
  }
}

run "a_secret_parameter_of_the_token_endpoint_by_value_beside_a_reference_is_refused" {
  command         = plan
  expect_failures = [aws_cloudformation_stack.this]
  variables {
    authorization = { oauth_client_credentials = {
      endpoint           = "https://login.example.com/token"
      client_id          = "id"
      client_secret_from = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf" }
      body               = { assertion = { value = "s", is_value_secret = true } }
    } }
  }
}

run "a_parameter_by_value_beside_a_key_by_reference_is_refused" {
  command         = plan
  expect_failures = [aws_cloudformation_stack.this]
  variables {
    authorization = { api_key = {
      name       = "X-Api-Key"
      value_from = { secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf" }
    } }
    invocation_parameters = { headers = { "X-Key" = { value = "k" } } }
  }
}
