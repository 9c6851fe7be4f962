# Bad input is an error at plan, and says what to change. A run has one mistake for each
# of the variables that it names.

mock_provider "aws" {}

variables {
  name           = "notes"
  connection_arn = "arn:aws:events:us-east-1:123456789012:connection/notes/11111111-2222-3333-4444-555555555555"
  endpoint       = "https://api.example.com/notes"
}

run "http_a_forbidden_header_and_a_method_in_small_letters_are_refused" {
  command = plan
  expect_failures = [
    var.connection_arn, var.endpoint, var.form, var.headers, var.method, var.retry, var.state_machine,
  ]
  variables {
    connection_arn = "arn:aws:events:us-east-1:123456789012:event-bus/default"
    endpoint       = "http://api.example.com/notes"
    form           = { array_format = "COMMA" }
    headers        = { "authorization" = "Bearer s3cret" }
    method         = "post"
    retry          = { throttled = { max_attempts = 0.5 } }
    state_machine = { dead_letter = {
      queue_url = "https://sqs.us-east-1.amazonaws.com/123456789012/letters"
      topic_arn = "arn:aws:sns:us-east-1:123456789012:letters"
    } }
  }
}

run "credentials_in_the_endpoint_and_a_get_with_a_body_are_refused" {
  command         = plan
  expect_failures = [var.body, var.endpoint, var.headers, var.name, var.retry, var.state_machine]
  variables {
    name     = "my notes"
    endpoint = "https://ada:s3cret@api.example.com/notes"
    method   = "GET"
    body     = "{}"
    # One of a forbidden family.
    headers = { "X-Amz-Date" = "today" }
    retry   = { server_error = { interval_seconds = 60, max_delay_seconds = 10 } }
    # It would count what was not sent.
    state_machine = {
      after_last_try = "CONTINUE"
      heartbeat      = { hours = 24 }
    }
  }
}

run "a_host_from_the_input_and_a_body_that_is_no_json_are_refused" {
  command         = plan
  expect_failures = [var.body, var.endpoint, var.headers, var.state_machine]
  variables {
    endpoint      = "https://{host}.example.com/notes"
    body          = "{% $states.input %}"
    headers       = { "X-Team" = "ops\nX-Role: admin" }
    state_machine = { heartbeat = { hours = 169 } }
  }
}

run "a_query_in_the_endpoint_is_refused" {
  command         = plan
  expect_failures = [var.endpoint]
  variables {
    endpoint = "https://api.example.com/notes?sig=s3cret"
  }
}

run "an_endpoint_that_would_end_the_expression_is_refused" {
  command         = plan
  expect_failures = [var.endpoint]
  variables {
    endpoint = "https://api.example.com/'&$states.input.x&'/{id}"
  }
}

run "an_endpoint_without_a_host_is_refused" {
  command         = plan
  expect_failures = [var.endpoint]
  variables {
    endpoint = "https:///notes"
  }
}

run "json_without_an_endpoint_is_refused" {
  command         = plan
  expect_failures = [var.endpoint]
  variables {
    endpoint = null
  }
}

run "a_webhook_url_as_the_endpoint_is_refused" {
  command         = plan
  expect_failures = [var.endpoint_secret_arn]
  variables {
    preset   = "slack-webhook"
    endpoint = "https://hooks.slack.com/services/T000/B000/XXXX"
  }
}

run "a_secret_that_is_no_arn_and_an_unknown_field_are_refused" {
  command         = plan
  expect_failures = [var.endpoint_secret_arn, var.fields]
  variables {
    preset              = "slack-webhook"
    endpoint            = null
    endpoint_secret_arn = "slack-url"
    fields              = { txt = "Hi" }
  }
}

run "a_secret_of_any_url_is_refused" {
  command         = plan
  expect_failures = [var.endpoint_secret_arn]
  variables {
    endpoint            = "https://api.example.com"
    endpoint_secret_arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:url-AbCdEf"
  }
}

run "an_unknown_preset_is_refused" {
  command         = plan
  expect_failures = [var.preset]
  variables {
    preset = "slak"
  }
}

run "a_field_that_steps_up_in_the_path_is_refused" {
  command         = plan
  expect_failures = [var.fields]
  variables {
    endpoint = "https://api.example.com/teams/{team}/notes"
    fields   = { team = ".." }
  }
}
