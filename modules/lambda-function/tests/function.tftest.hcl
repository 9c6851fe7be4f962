# Plans of the module.

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
  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/resize" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/resize-us-east-1" }
  }
  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:us-east-1:123456789012:function:resize" }
  }
}

variables {
  name    = "resize"
  handler = "resize.handler"
  package = { s3_bucket = "packages", s3_key = "resize.zip" }
}

run "without_options_it_may_only_write_its_log" {
  assert {
    condition = jsondecode(aws_iam_role_policy.this[0].policy).Statement == [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/resize:*"]
    }]
    error_message = "The policy is ${aws_iam_role_policy.this[0].policy}"
  }

  assert {
    condition     = aws_lambda_function.this.architectures[0] == "arm64" && aws_lambda_function.this.runtime == "python3.13"
    error_message = "A function runs Python 3.13 on arm64 unless told otherwise."
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "PassThrough"
    error_message = "Tracing is off unless asked for."
  }

  assert {
    condition     = output.url == null && length(aws_cloudwatch_metric_alarm.this) == 0
    error_message = "Neither a URL nor alarms are made unless asked for."
  }
}

run "a_task_can_be_read_in_the_plan" {
  command = plan

  assert {
    condition     = output.task.Arguments.FunctionName == "arn:aws:lambda:us-east-1:123456789012:function:resize"
    error_message = "The task calls ${output.task.Arguments.FunctionName}"
  }

  assert {
    condition     = output.task.TimeoutSeconds > aws_lambda_function.this.timeout
    error_message = "The task waits longer than the function may take."
  }
}

run "a_url_is_signed_unless_told_otherwise" {
  command = plan
  variables {
    url = {}
  }

  assert {
    condition     = aws_lambda_function_url.this[0].authorization_type == "AWS_IAM"
    error_message = "A URL without authorization is for signed requests."
  }

  assert {
    condition     = length(aws_lambda_permission.url) == 0 && length(aws_cloudformation_stack.url) == 0
    error_message = "Nobody is given a permission unless the URL is public."
  }
}

run "a_public_url_lets_everybody_in_through_the_url_alone" {
  variables {
    url = { authorization = "NONE" }
  }

  assert {
    condition     = aws_lambda_permission.url[0].function_url_auth_type == "NONE"
    error_message = "Everybody may invoke the URL while it is public, and no longer."
  }

  assert {
    condition = jsondecode(aws_cloudformation_stack.url[0].template_body).Resources.Permission.Properties == {
      FunctionName          = "arn:aws:lambda:us-east-1:123456789012:function:resize"
      Action                = "lambda:InvokeFunction"
      Principal             = "*"
      InvokedViaFunctionUrl = true
    }
    error_message = "The stack is ${aws_cloudformation_stack.url[0].template_body}"
  }
}

run "each_option_grants_what_it_needs" {
  variables {
    tracing         = true
    dead_letter_arn = "arn:aws:sns:us-east-1:123456789012:lost"
    kms_key_arn     = "arn:aws:kms:us-east-1:123456789012:key/1a2b"
    statements = [{
      actions    = ["s3:GetObject"]
      resources  = ["arn:aws:s3:::pictures/*"]
      conditions = { StringEquals = { "aws:ResourceAccount" = ["123456789012"] } }
    }]
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.this[0].policy).Statement, 1, 5) == [
      { Effect = "Allow", Action = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], Resource = ["*"] },
      { Effect = "Allow", Action = ["sns:Publish"], Resource = ["arn:aws:sns:us-east-1:123456789012:lost"] },
      { Effect = "Allow", Action = ["kms:Decrypt"], Resource = ["arn:aws:kms:us-east-1:123456789012:key/1a2b"] },
      {
        Effect    = "Allow"
        Action    = ["s3:GetObject"]
        Resource  = ["arn:aws:s3:::pictures/*"]
        Condition = { StringEquals = { "aws:ResourceAccount" = ["123456789012"] } }
      },
    ]
    error_message = "The policy is ${aws_iam_role_policy.this[0].policy}"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn
    error_message = "The key encrypts the log group, too."
  }
}

run "a_changed_file_is_deployed_again" {
  command = plan
  variables {
    package = { filename = "main.tf" }
  }

  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("main.tf")
    error_message = "The hash of a file is its own."
  }
}

run "a_long_name_still_fits_the_role" {
  command = plan
  variables {
    name = "a234567890123456789012345678901234567890123456789012345678901234"
  }

  assert {
    condition     = length(aws_iam_role.this[0].name) == 64
    error_message = "The role is ${aws_iam_role.this[0].name}"
  }
}
