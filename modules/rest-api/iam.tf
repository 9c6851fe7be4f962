# The role with which API Gateway calls Step Functions and functions: for each
# route the one action that it needs, on the one machine or function it names.

locals {
  # What an action touches: an execution for describe and stop, else a machine.
  _granted = {
    for key, route in local._routes : key => (
      contains(["describe", "stop"], route.action) ? "${local._execution_arns[key]}:*" : local._machine_arns[key]
    ) if route.action != "lambda"
  }

  _functions = sort(distinct(concat(
    [for route in local._routes : route.lambda.function_arn if route.action == "lambda"],
    [for authorizer in var.authorizers : authorizer.lambda.function_arn if authorizer.lambda != null],
  )))

  _statements = concat(
    [
      for action, name in local._api_actions : {
        Effect   = "Allow"
        Action   = "states:${name}"
        Resource = sort(distinct([for key, arn in local._granted : arn if local._routes[key].action == action]))
      } if contains(values(local._routes)[*].action, action)
    ],
    length(local._functions) == 0 ? [] : [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = local._functions
    }],
  )
}

resource "aws_iam_role" "this" {
  name        = "${var.name}-api"
  description = "API Gateway ${var.name} starts executions with this role."
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "apigateway.amazonaws.com" }
    }]
  })

  # A renamed API answers with the old role until the new one is there.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "this" {
  name = "routes"
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local._statements
  })

  lifecycle {
    create_before_destroy = true
  }
}
