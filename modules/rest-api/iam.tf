# The API's role: for each route the one action that it needs, on the one
# machine or function that it names.

locals {
  # Executions for describe and stop, else machines.
  _resource_arns = {
    for key, route in local.routes : key => (
      contains(["describe", "stop"], route.action) ? "${local.execution_arns[key]}:*" : local.machine_arns[key]
    ) if route.action != "lambda"
  }

  _function_arns = sort(distinct(concat(
    [for route in local.routes : route.lambda.function_arn if route.action == "lambda"],
    [for authorizer in var.authorizers : authorizer.lambda.function_arn if authorizer.lambda != null],
  )))

  statements = concat(
    [
      for action, name in local.api_actions : {
        Effect   = "Allow"
        Action   = "states:${name}"
        Resource = sort(distinct([for key, arn in local._resource_arns : arn if local.routes[key].action == action]))
      } if contains(values(local.routes)[*].action, action)
    ],
    length(local._function_arns) == 0 ? [] : [{
      Effect   = "Allow"
      Action   = "lambda:InvokeFunction"
      Resource = local._function_arns
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

  # A renamed API keeps its old role until the new one exists.
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

  # Service and region tell roles of one name apart: role names are unique in
  # an account, whatever their path.
  _whole_role_name = "${var.name}-apigateway-${data.aws_region.this.id}"
  # A change of path replaces the role, and the new one is created first: it
  # needs another name.
  role_name = length(local._whole_role_name) <= 64 && var.permissions.role_path == "/" ? local._whole_role_name : (
    "${substr(local._whole_role_name, 0, 55)}-${substr(sha1("${trim(var.permissions.role_path, "/")}${local._whole_role_name}"), 0, 8)}"
  )

  # Without aws:SourceArn and aws:SourceAccount: API Gateway sends neither when
  # it assumes the role of an integration or an authorizer, and a condition on
  # them makes every request a 500. Its developer guide shows this policy
  # without conditions ("API Gateway permissions model for invoking an API").
  # iam:PassRole decides who can use the role.
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
