# N routes without modules/rest-api: six resources for each.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "routes" {
  type = number
}

locals {
  routes  = toset([for number in range(var.routes) : "route${number}"])
  machine = "arn:aws:states:us-east-1:000000000000:stateMachine:bench"
}

resource "aws_api_gateway_rest_api" "this" {
  name = "bench-resources"
}

resource "aws_api_gateway_resource" "this" {
  for_each    = local.routes
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_method" "this" {
  for_each      = local.routes
  rest_api_id   = aws_api_gateway_rest_api.this.id
  resource_id   = aws_api_gateway_resource.this[each.key].id
  http_method   = "POST"
  authorization = "AWS_IAM"
}

resource "aws_api_gateway_method_response" "accepted" {
  for_each    = local.routes
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.this[each.key].id
  http_method = aws_api_gateway_method.this[each.key].http_method
  status_code = "202"
}

resource "aws_api_gateway_integration" "this" {
  for_each                = local.routes
  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.this[each.key].id
  http_method             = aws_api_gateway_method.this[each.key].http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:us-east-1:states:action/StartExecution"
  credentials             = aws_iam_role.this.arn
  request_templates = {
    "application/json" = "{\"stateMachineArn\": \"${local.machine}\", \"input\": \"$util.escapeJavaScript($input.json('$'))\"}"
  }
}

resource "aws_api_gateway_integration_response" "accepted" {
  for_each    = local.routes
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.this[each.key].id
  http_method = aws_api_gateway_integration.this[each.key].http_method
  status_code = aws_api_gateway_method_response.accepted[each.key].status_code
}

resource "aws_api_gateway_integration_response" "refused" {
  for_each          = local.routes
  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = aws_api_gateway_resource.this[each.key].id
  http_method       = aws_api_gateway_integration.this[each.key].http_method
  status_code       = "400"
  selection_pattern = "4\\d{2}"
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  depends_on  = [aws_api_gateway_integration_response.accepted, aws_api_gateway_integration_response.refused]
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id   = aws_api_gateway_rest_api.this.id
  deployment_id = aws_api_gateway_deployment.this.id
  stage_name    = "live"
}

resource "aws_iam_role" "this" {
  name = "bench-resources"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "apigateway.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "this" {
  role = aws_iam_role.this.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "states:StartExecution", Resource = local.machine }]
  })
}
