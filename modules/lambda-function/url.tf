resource "aws_lambda_function_url" "this" {
  count = var.url == null ? 0 : 1

  function_name      = aws_lambda_function.this.function_name
  authorization_type = var.url.authorization

  dynamic "cors" {
    for_each = var.url.cors == null ? [] : [var.url.cors]
    content {
      allow_origins     = cors.value.allow_origins
      allow_methods     = cors.value.allow_methods
      allow_headers     = cors.value.allow_headers
      expose_headers    = cors.value.expose_headers
      allow_credentials = cors.value.allow_credentials
      max_age           = cors.value.max_age
    }
  }
}

locals {
  is_public = var.url == null ? false : var.url.authorization == "NONE"
}

# Lambda asks two permissions of whoever calls a URL. With AWS_IAM they are the
# caller's own; a URL for everybody grants them to everybody.
resource "aws_lambda_permission" "url" {
  count = local.is_public ? 1 : 0

  statement_id           = "PublicFunctionUrl"
  function_name          = aws_lambda_function.this.function_name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = "*"
  function_url_auth_type = "NONE"
}

# By a stack of one resource: aws_lambda_permission cannot say
# InvokedViaFunctionUrl before version 6 of the provider, and without that
# condition everybody with an AWS account could invoke the function itself, with
# events of their own making.
resource "aws_cloudformation_stack" "url" {
  count = local.is_public ? 1 : 0

  # Names of stacks begin with a letter and have no underscores; two functions
  # may differ in nothing else.
  name = "url-${replace(var.name, "_", "-")}-${substr(sha1(var.name), 0, 8)}"
  tags = var.tags

  template_body = jsonencode({
    Description = "Lets everybody invoke the function ${var.name} through its URL, and only so"
    Resources = {
      Permission = {
        Type = "AWS::Lambda::Permission"
        Properties = {
          FunctionName          = aws_lambda_function.this.arn
          Action                = "lambda:InvokeFunction"
          Principal             = "*"
          InvokedViaFunctionUrl = true
        }
      }
    }
  })
}
