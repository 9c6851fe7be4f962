# What Lambda needs of the function's role to connect it to a VPC (Lambda Developer
# Guide, "Giving Lambda functions access to resources in an Amazon VPC").

locals {
  _network_changes = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
  ]
  # AWS defines no resources for these.
  _network_reads = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]

  network_statements = [
    for statement in [
      {
        Effect = "Allow"
        Action = local._network_changes
        # Of any account: a subnet can belong to one that shares it. The guide says that
        # ids of interfaces, which nobody knows yet, have to be a wildcard.
        Resource = ["arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.id}:*:*/*"]
      },
      {
        Effect   = "Allow"
        Action   = local._network_reads
        Resource = ["*"]
      },
      # For Lambda, and not for the function's code.
      {
        Effect    = "Deny"
        Action    = concat(local._network_changes, local._network_reads)
        Resource  = ["*"]
        Condition = { ArnEquals = { "lambda:SourceFunctionArn" = [local.arn] } }
      },
    ] : statement if var.vpc != null
  ]
}
