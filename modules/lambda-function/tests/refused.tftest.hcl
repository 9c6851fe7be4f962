# Bad input is an error at plan, and none of it reaches AWS.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_region" {
    defaults = { id = "us-east-1", name = "us-east-1" }
  }
}

variables {
  name    = "resize"
  handler = "resize.handler"
  package = { s3_bucket = "packages", s3_key = "resize.zip" }
}

run "a_name_with_a_space_is_refused" {
  command         = plan
  expect_failures = [var.name]
  variables {
    name = "my function"
  }
}

run "a_name_of_65_characters_is_refused" {
  command         = plan
  expect_failures = [var.name]
  variables {
    name = "a2345678901234567890123456789012345678901234567890123456789012345"
  }
}

run "a_handler_without_a_function_is_refused" {
  command         = plan
  expect_failures = [var.handler]
  variables {
    handler = "resize"
  }
}

run "a_package_without_code_is_refused" {
  command         = plan
  expect_failures = [var.package]
  variables {
    package = {}
  }
}

run "a_package_with_a_file_and_an_object_is_refused" {
  command         = plan
  expect_failures = [var.package]
  variables {
    package = { filename = "main.tf", s3_bucket = "packages", s3_key = "resize.zip" }
  }
}

run "a_bucket_without_a_key_is_refused" {
  command         = plan
  expect_failures = [var.package]
  variables {
    package = { s3_bucket = "packages" }
  }
}

run "a_version_of_a_file_is_refused" {
  command         = plan
  expect_failures = [var.package]
  variables {
    package = { filename = "main.tf", s3_object_version = "3" }
  }
}

run "a_hash_that_is_not_sha256_in_base64_is_refused" {
  command         = plan
  expect_failures = [var.package]
  variables {
    package = { s3_bucket = "packages", s3_key = "resize.zip", source_code_hash = "d41d8cd98f00b204e9800998ecf8427e" }
  }
}

run "an_unknown_runtime_is_refused" {
  command         = plan
  expect_failures = [var.runtime]
  variables {
    runtime = "cobol85"
  }
}

run "an_unknown_architecture_is_refused" {
  command         = plan
  expect_failures = [var.architecture]
  variables {
    architecture = "amd64"
  }
}

run "an_environment_variable_with_a_dash_is_refused" {
  command         = plan
  expect_failures = [var.environment]
  variables {
    environment = { "table-name" = "orders" }
  }
}

run "an_environment_variable_of_lambdas_own_is_refused" {
  command         = plan
  expect_failures = [var.environment]
  variables {
    environment = { AWS_REGION = "eu-west-1" }
  }
}

run "a_timeout_past_15_minutes_is_refused" {
  command         = plan
  expect_failures = [var.timeout]
  variables {
    timeout = 901
  }
}

run "too_little_memory_is_refused" {
  command         = plan
  expect_failures = [var.memory_size]
  variables {
    memory_size = 64
  }
}

run "a_concurrency_below_zero_is_refused" {
  command         = plan
  expect_failures = [var.reserved_concurrency]
  variables {
    reserved_concurrency = -1
  }
}

run "a_statement_without_resources_is_refused" {
  command         = plan
  expect_failures = [var.statements]
  variables {
    statements = [{ actions = ["s3:GetObject"], resources = [] }]
  }
}

run "an_unknown_authorization_is_refused" {
  command         = plan
  expect_failures = [var.url]
  variables {
    url = { authorization = "none" }
  }
}

run "an_origin_with_a_path_is_refused" {
  command         = plan
  expect_failures = [var.url]
  variables {
    url = { cors = { allow_origins = ["https://example.com/"] } }
  }
}

run "no_origin_is_refused" {
  command         = plan
  expect_failures = [var.url]
  variables {
    url = { cors = { allow_origins = [] } }
  }
}

run "the_method_options_is_refused" {
  command         = plan
  expect_failures = [var.url]
  variables {
    url = { cors = { allow_origins = ["*"], allow_methods = ["OPTIONS"] } }
  }
}

run "credentials_for_every_origin_are_refused" {
  command         = plan
  expect_failures = [var.url]
  variables {
    url = { cors = { allow_origins = ["*"], allow_credentials = true } }
  }
}

run "an_age_past_a_day_is_refused" {
  command         = plan
  expect_failures = [var.url]
  variables {
    url = { cors = { allow_origins = ["*"], max_age = 86401 } }
  }
}

run "the_alias_of_a_key_is_refused" {
  command         = plan
  expect_failures = [var.kms_key_arn]
  variables {
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:alias/mine"
  }
}

run "a_fifo_queue_for_dead_letters_is_refused" {
  command         = plan
  expect_failures = [var.dead_letter_arn]
  variables {
    dead_letter_arn = "arn:aws:sqs:us-east-1:123456789012:lost.fifo"
  }
}

run "a_retention_that_cloudwatch_lacks_is_refused" {
  command         = plan
  expect_failures = [var.log_retention_in_days]
  variables {
    log_retention_in_days = 10
  }
}

run "an_alarm_below_zero_is_refused" {
  command         = plan
  expect_failures = [var.alarms]
  variables {
    alarms = { errors = -1 }
  }
}

run "an_alarm_period_of_45_seconds_is_refused" {
  command         = plan
  expect_failures = [var.alarms]
  variables {
    alarms = { period_seconds = 45 }
  }
}
