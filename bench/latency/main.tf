# Three ways from POST to StartExecution of one state machine.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "function_zip" {
  description = "Path of the function's zip file."
  type        = string
}

module "machine" {
  source = "../../modules/state-machine"

  name       = "bench"
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
}

# modules/rest-api.
module "api" {
  source = "../../modules/rest-api"

  name = "bench"
  routes = {
    "POST /start" = {
      start         = { state_machine_arn = module.machine.start_arn }
      authorization = "NONE"
    }
  }
}

# The shortest template that works: one line, no errors, no validation.
resource "aws_api_gateway_rest_api" "minimal" {
  name = "bench-minimal"
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "minimal", version = "1.0" }
    paths = {
      "/start" = {
        post = {
          responses = { "200" = { description = "started" } }
          x-amazon-apigateway-integration = {
            type        = "aws"
            httpMethod  = "POST"
            uri         = "arn:aws:apigateway:us-east-1:states:action/StartExecution"
            credentials = module.api.role_arn
            requestTemplates = {
              "application/json" = "{\"stateMachineArn\": \"${module.machine.start_arn}\", \"input\": \"$util.escapeJavaScript($input.body)\"}"
            }
            responses = { default = { statusCode = "200" } }
          }
        }
      }
    }
  })
}

# A function between the two.
resource "aws_api_gateway_rest_api" "function" {
  name = "bench-function"
  body = jsonencode({
    openapi = "3.0.1"
    info    = { title = "function", version = "1.0" }
    paths = {
      "/start" = {
        post = {
          responses = { "200" = { description = "started" } }
          x-amazon-apigateway-integration = {
            type        = "aws_proxy"
            httpMethod  = "POST"
            uri         = aws_lambda_function.start.invoke_arn
            credentials = module.api.role_arn
          }
        }
      }
    }
  })
}

resource "aws_lambda_function" "start" {
  function_name    = "bench-start"
  role             = aws_iam_role.function.arn
  runtime          = "python3.13"
  handler          = "start.handler"
  filename         = var.function_zip
  source_code_hash = filebase64sha256(var.function_zip)
  memory_size      = 256
  timeout          = 20

  environment {
    variables = { STATE_MACHINE_ARN = module.machine.start_arn }
  }
}

resource "aws_iam_role" "function" {
  name = "bench-function"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "lambda.amazonaws.com" } }]
  })
}

resource "aws_api_gateway_deployment" "this" {
  for_each    = { minimal = aws_api_gateway_rest_api.minimal, function = aws_api_gateway_rest_api.function }
  rest_api_id = each.value.id
}

resource "aws_api_gateway_stage" "this" {
  for_each      = aws_api_gateway_deployment.this
  rest_api_id   = each.value.rest_api_id
  deployment_id = each.value.id
  stage_name    = "live"
}

output "machine" {
  value = module.machine.start_arn
}

output "urls" {
  value = merge({ route = module.api.invoke_url }, { for name, stage in aws_api_gateway_stage.this : name => stage.invoke_url })
}
