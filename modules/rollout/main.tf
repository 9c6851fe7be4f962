data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

module "machine" {
  source = "../state-machine"

  name       = var.name
  definition = jsonencode(local.definition)
  logging    = var.logging
  tags       = var.tags

  permissions = {
    boundary_arn = var.permissions.boundary_arn
    role_path    = var.permissions.role_path
    # format() tells Terraform before it applies that the ARN is not null.
    role_arn = contains(keys(var.permissions.role_arns), "workflow") ? format("%s", var.permissions.role_arns.workflow) : null

    targets = {
      # A plan does not know the versions of the machine.
      "states:DeleteStateMachineVersion" = [local.machine_arn]
      "states:DescribeStateMachineAlias" = [local.machine_arn]
      "states:UpdateStateMachineAlias"   = [local.machine_arn]
      # The execution that holds the lock.
      "states:DescribeExecution" = [join(":", [
        "arn", data.aws_partition.this.partition, "states",
        data.aws_region.this.id, data.aws_caller_identity.this.account_id,
        "execution", var.name, "*",
      ])]
    }
  }
}

locals {
  machine_arn = join(":", slice(split(":", var.alias_arn), 0, 7))
  alias_name  = split(":", var.alias_arn)[7]

  definition = yamldecode(templatefile("${path.module}/workflow/rollout.asl.yaml", {
    sdk                    = "arn:${data.aws_partition.this.partition}:states:::aws-sdk"
    table_name             = aws_dynamodb_table.lock.name
    alias_arn              = var.alias_arn
    alias_name             = local.alias_name
    machine_arn            = local.machine_arn
    alarm_names            = var.alarm_names
    alarm_interval_seconds = local.alarm_interval_seconds
    retain_versions        = var.retain_versions
    problem_of_input       = trimspace(file("${path.module}/workflow/problem_of_input.jsonata"))
    plan = trimspace(templatefile("${path.module}/workflow/plan.jsonata", {
      alias_name  = local.alias_name
      machine_arn = local.machine_arn
      steps       = jsonencode(local.steps)
    }))
  }))
}
