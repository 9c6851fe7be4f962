# A webhook reaches the initiator over a REST API. The initiator starts the workflow, which
# starts a delivery to each destination.

locals {
  partition = data.aws_partition.this.partition
  region    = data.aws_region.this.id
  account   = data.aws_caller_identity.this.account_id

  # By name, not by attribute. The API's deployment is created before the old one is
  # destroyed, and Terraform passes that order on to all that it depends on: through the
  # function to the workflow, and to the caller's connections and secrets. And functions
  # that do not wait for one another are created at once.
  initiator_arn     = "arn:${local.partition}:lambda:${local.region}:${local.account}:function:${var.name}-initiator"
  state_machine_arn = "arn:${local.partition}:states:${local.region}:${local.account}:stateMachine:${var.name}"

  package = var.package == null ? module.package[0].package : var.package

  function_alarms = var.alarms == null ? null : { actions = var.alarms.actions }
}

module "package" {
  source = "../lambda-package"
  count  = var.package == null ? 1 : 0

  name = substr(var.name, 0, 36)
  tags = var.tags
}

data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}
