data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

module "machine" {
  source = "../state-machine"

  name       = var.name
  definition = jsonencode(local._definition)
  logging    = var.logging
  tags       = var.tags

  permissions = {
    boundary_arn = var.permissions.boundary_arn
    role_path    = var.permissions.role_path
    # format() tells Terraform before it applies that the ARN is not null.
    role_arn = contains(keys(var.permissions.role_arns), "workflow") ? format("%s", var.permissions.role_arns.workflow) : null

    targets = {
      # The versions that the one machine has are known to a run alone.
      "states:DeleteStateMachineVersion" = [local._machine_arn]
      "states:DescribeStateMachineAlias" = [local._machine_arn]
      "states:UpdateStateMachineAlias"   = [local._machine_arn]
      # Whether another rollout still runs.
      "states:DescribeExecution" = [join(":", [
        "arn", data.aws_partition.this.partition, "states",
        data.aws_region.this.id, data.aws_caller_identity.this.account_id,
        "execution", var.name, "*",
      ])]
    }
  }
}
