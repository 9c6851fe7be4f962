# Permissions that Lambda needs to connect the function to a VPC (Lambda
# Developer Guide, "Giving Lambda functions access to resources in an Amazon
# VPC").

locals {
  _network_changes = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
  ]
  # AWS defines no resource types for these actions.
  _network_reads = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]

  network_statements = [
    for statement in [
      {
        Effect = "Allow"
        Action = local._network_changes
        # In any account: a shared subnet belongs to another one. The guide
        # asks for a wildcard, since the ids of interfaces are not known yet.
        Resource = ["arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.id}:*:*/*"]
      },
      {
        Effect   = "Allow"
        Action   = local._network_reads
        Resource = ["*"]
      },
      # Lambda may use these permissions, the function's code may not.
      {
        Effect    = "Deny"
        Action    = concat(local._network_changes, local._network_reads)
        Resource  = ["*"]
        Condition = { ArnEquals = { "lambda:SourceFunctionArn" = [local.arn] } }
      },
    ] : statement if var.vpc != null
  ]
}
