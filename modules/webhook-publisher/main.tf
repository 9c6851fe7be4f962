# A webhook reaches the initiator over a REST API, and the workflow publishes.

locals {
  _partition = data.aws_partition.this.partition
  _region    = data.aws_region.this.id
  _account   = data.aws_caller_identity.this.account_id

  # By name, not by attribute. The API's deployment is created before the old one is
  # destroyed, and Terraform passes that order on to all that it depends on: through the
  # function to the workflow, and to the caller's connections and secrets. And functions
  # that do not wait for one another are created at once.
  _initiator_arn     = "arn:${local._partition}:lambda:${local._region}:${local._account}:function:${var.name}-initiator"
  _state_machine_arn = "arn:${local._partition}:states:${local._region}:${local._account}:stateMachine:${var.name}"

  _package = var.package == null ? module.package[0].package : var.package

  _function_alarms = var.alarms == null ? null : { actions = var.alarms.actions }
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
