# The role with which EventBridge starts another execution when a rollout was stopped.
# modules/state-machine makes the rollout's role.

resource "aws_iam_role" "aborted" {
  count = local.makes_undo_role ? 1 : 0

  name                 = local.undo_role_name
  path                 = var.permissions.role_path
  description          = "Starts ${var.name} when a rollout was stopped"
  permissions_boundary = var.permissions.boundary_arn
  assume_role_policy   = local.undo_trust_policy
  tags                 = var.tags
}

resource "aws_iam_role_policy" "aborted" {
  count = local.makes_undo_role ? 1 : 0

  name   = "start"
  role   = aws_iam_role.aborted[0].name
  policy = local.undo_policy
}

locals {
  makes_undo_role = !contains(keys(var.permissions.role_arns), "undo")
  undo_role_arn   = local.makes_undo_role ? aws_iam_role.aborted[0].arn : var.permissions.role_arns.undo

  # A role's name is unique in an account, a rule's in a region.
  _full_undo_role_name = "${var.name}-events-${data.aws_region.this.id}"
  # A role with another path may be made before the old one is deleted, which takes
  # another name.
  undo_role_name = length(local._full_undo_role_name) <= 64 && var.permissions.role_path == "/" ? local._full_undo_role_name : (
    "${substr(local._full_undo_role_name, 0, 55)}-${substr(sha1("${trim(var.permissions.role_path, "/")}${local._full_undo_role_name}"), 0, 8)}"
  )

  rule_name = "${var.name}-aborted"

  # By name, because a role of yours exists before the rule and the machine.
  undo_trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "events.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id }
        ArnLike = { "aws:SourceArn" = join(":", [
          "arn", data.aws_partition.this.partition, "events",
          data.aws_region.this.id, data.aws_caller_identity.this.account_id,
          "rule/${local.rule_name}",
        ]) }
      }
    }]
  })

  undo_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect = "Allow"
      Action = "states:StartExecution"
      Resource = join(":", [
        "arn", data.aws_partition.this.partition, "states",
        data.aws_region.this.id, data.aws_caller_identity.this.account_id,
        "stateMachine", var.name,
      ])
    }]
  })
}
