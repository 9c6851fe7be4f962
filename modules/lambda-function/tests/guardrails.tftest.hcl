# Rules of an organisation for every function: its role and its network.

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

run "the_role_has_a_boundary_and_a_path" {
  command = plan
  variables {
    permissions = {
      boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
      role_path    = "/workflows/"
    }
  }

  assert {
    condition     = aws_iam_role.this[0].permissions_boundary == "arn:aws:iam::123456789012:policy/boundary" && aws_iam_role.this[0].path == "/workflows/"
    error_message = "The boundary is ${aws_iam_role.this[0].permissions_boundary}, the path ${aws_iam_role.this[0].path}."
  }
}

run "a_role_of_your_own_is_taken_as_it_is" {
  command = plan
  variables {
    permissions = { role_arn = "arn:aws:iam::123456789012:role/team/mine" }
  }

  assert {
    condition     = length(aws_iam_role.this) == 0 && length(aws_iam_role_policy.this) == 0
    error_message = "Neither a role nor a policy is made."
  }

  assert {
    condition     = aws_lambda_function.this.role == "arn:aws:iam::123456789012:role/team/mine" && output.role_name == "mine"
    error_message = "The function has ${aws_lambda_function.this.role}, called ${output.role_name}."
  }

  assert {
    condition     = jsondecode(output.role_policies.trust).Statement[0].Principal.Service == "lambda.amazonaws.com" && jsondecode(output.role_policies.execution).Statement[0].Resource == ["arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/resize:*"]
    error_message = "The plan shows the role's policies before the role is made."
  }
}

run "a_vpc_brings_what_lambda_needs_and_the_code_does_not_get" {
  command = plan
  variables {
    vpc = {
      subnet_ids         = ["subnet-1", "subnet-2"]
      security_group_ids = ["sg-1"]
    }
  }

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-1", "subnet-2"])
    error_message = "The function is in both subnets."
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.this[0].policy).Statement, 1, 4) == [
      {
        Effect = "Allow"
        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
        ]
        Resource = ["arn:aws:ec2:us-east-1:*:*/*"]
      },
      {
        Effect   = "Allow"
        Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
        Resource = ["*"]
      },
      {
        Effect = "Deny"
        Action = [
          "ec2:AssignPrivateIpAddresses",
          "ec2:CreateNetworkInterface",
          "ec2:DeleteNetworkInterface",
          "ec2:UnassignPrivateIpAddresses",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSubnets",
        ]
        Resource  = ["*"]
        Condition = { ArnEquals = { "lambda:SourceFunctionArn" = ["arn:aws:lambda:us-east-1:123456789012:function:resize"] } }
      },
    ]
    error_message = "The policy is ${aws_iam_role_policy.this[0].policy}"
  }
}

run "layers_keep_their_order" {
  command = plan
  variables {
    layers = [
      "arn:aws:lambda:us-east-1:123456789012:layer:tools:3",
      "arn:aws:lambda:us-east-1:123456789012:layer:company:1",
    ]
  }

  assert {
    condition     = aws_lambda_function.this.layers == var.layers
    error_message = "The layers are ${jsonencode(aws_lambda_function.this.layers)}."
  }
}

run "a_boundary_that_is_no_policy_is_refused" {
  command         = plan
  expect_failures = [var.permissions]
  variables {
    permissions = { boundary_arn = "arn:aws:iam::123456789012:role/boundary" }
  }
}

run "a_path_without_a_slash_at_its_end_is_refused" {
  command         = plan
  expect_failures = [var.permissions]
  variables {
    permissions = { role_path = "/workflows" }
  }
}

run "a_role_by_its_name_is_refused" {
  command         = plan
  expect_failures = [var.permissions]
  variables {
    permissions = { role_arn = "mine" }
  }
}

run "a_vpc_without_a_security_group_is_refused" {
  command         = plan
  expect_failures = [var.vpc]
  variables {
    vpc = { subnet_ids = ["subnet-1"], security_group_ids = [] }
  }
}

run "a_subnet_by_its_arn_is_refused" {
  command         = plan
  expect_failures = [var.vpc]
  variables {
    vpc = {
      subnet_ids         = ["arn:aws:ec2:us-east-1:123456789012:subnet/subnet-1"]
      security_group_ids = ["sg-1"]
    }
  }
}

run "a_layer_without_a_version_is_refused" {
  command         = plan
  expect_failures = [var.layers]
  variables {
    layers = ["arn:aws:lambda:us-east-1:123456789012:layer:tools"]
  }
}
