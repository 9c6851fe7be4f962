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

# Callers of a function URL need two permissions. With AWS_IAM they have their
# own; a public URL grants both to everybody.
resource "aws_lambda_permission" "url" {
  count = local.is_public ? 1 : 0

  statement_id           = "PublicFunctionUrl"
  function_name          = aws_lambda_function.this.function_name
  action                 = "lambda:InvokeFunctionUrl"
  principal              = "*"
  function_url_auth_type = "NONE"
}

# A stack of one resource: aws_lambda_permission has invoked_via_function_url
# only since version 6.29 of the provider. Without that condition everybody
# with an AWS account could invoke the function itself, with any event.
resource "aws_cloudformation_stack" "url" {
  count = local.is_public ? 1 : 0

  # Names of stacks begin with a letter and have no underscores. The hash tells
  # apart functions whose names differ only in those.
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
