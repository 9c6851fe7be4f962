# The role with which API Gateway calls Step Functions and functions: for each
# route the one action that it needs, on the one machine or function it names.

locals {
  # What an action touches: an execution for describe and stop, else a machine.
  _granted = {
    for key, route in local.routes : key => (
      contains(["describe", "stop"], route.action) ? "${local.execution_arns[key]}:*" : local.machine_arns[key]
    ) if route.action != "lambda"
  }

  _functions = sort(distinct(concat(
    [for route in local.routes : route.lambda.function_arn if route.action == "lambda"],
    [for authorizer in var.authorizers : authorizer.lambda.function_arn if authorizer.lambda != null],
  )))

  statements = concat(
    [
      for action, name in local.api_actions : {
        Effect   = "Allow"
        Action   = "states:${name}"
        Resource = sort(distinct([for key, arn in local._granted : arn if local.routes[key].action == action]))
      } if contains(values(local.routes)[*].action, action)
    ],
    length(local._functions) == 0 ? [] : [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = local._functions
    }],
  )
}

resource "aws_iam_role" "this" {
  count = local.makes_role ? 1 : 0

  name                 = local.role_name
  path                 = var.permissions.role_path
  description          = "API Gateway ${var.name} starts executions with this role."
  permissions_boundary = var.permissions.boundary_arn
  assume_role_policy   = local.trust_policy
  tags                 = var.tags

  # A renamed API answers with the old role until the new one is there.
  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy" "this" {
  count = local.makes_role ? 1 : 0

  name   = "routes"
  role   = aws_iam_role.this[0].id
  policy = local.role_policy

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  makes_role = var.permissions.role_arn == null
  role_arn   = local.makes_role ? aws_iam_role.this[0].arn : var.permissions.role_arn

  # Roles are named in a whole account, and what else has this name has a role, too.
  _whole_role_name = "${var.name}-apigateway-${data.aws_region.this.id}"
  # With another path it is another role, which may be made before the old one goes:
  # AWS wants another name, too.
  role_name = length(local._whole_role_name) <= 64 && var.permissions.role_path == "/" ? local._whole_role_name : (
    "${substr(local._whole_role_name, 0, 55)}-${substr(sha1("${trim(var.permissions.role_path, "/")}${local._whole_role_name}"), 0, 8)}"
  )

  # Without aws:SourceArn and aws:SourceAccount: API Gateway sends neither when it
  # assumes the role of an integration or an authorizer, and a condition on them is
  # answered with 500 (its Developer Guide shows this policy without any, "API Gateway
  # permissions model for invoking an API"). iam:PassRole decides who can use it.
  trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "apigateway.amazonaws.com" }
    }]
  })

  role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.statements
  })
}
