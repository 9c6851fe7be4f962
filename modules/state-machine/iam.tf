data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  derive   = var.permissions.role_arn == null
  role_arn = local.derive ? aws_iam_role.this[0].arn : var.permissions.role_arn

  # By name, not by attribute: the role trusts the machine before it exists.
  machine_arn = join(":", [
    "arn", data.aws_partition.this.partition, "states",
    data.aws_region.this.id, data.aws_caller_identity.this.account_id,
    "stateMachine", var.name,
  ])

  # Roles are named in a whole account, machines in one region of it, and what else
  # has this name has a role, too.
  _whole_role_name = "${var.name}-states-${data.aws_region.this.id}"
  # With another path it is another role, which may be made before the old one goes:
  # AWS wants another name, too.
  role_name = length(local._whole_role_name) <= 64 && var.permissions.role_path == "/" ? local._whole_role_name : (
    "${substr(local._whole_role_name, 0, 55)}-${substr(sha1("${trim(var.permissions.role_path, "/")}${local._whole_role_name}"), 0, 8)}"
  )

  trust_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "states.amazonaws.com" }
      Condition = {
        StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.this.account_id }
        ArnLike      = { "aws:SourceArn" = local.machine_arn }
      }
    }]
  })
}

resource "aws_iam_role" "this" {
  # A role of your own whose ARN is unknown yet: see permissions.role_arn.
  count = local.derive ? 1 : 0

  name                 = local.role_name
  path                 = var.permissions.role_path
  description          = "What the state machine ${var.name} may do"
  permissions_boundary = var.permissions.boundary_arn
  assume_role_policy   = local.trust_policy
  tags                 = var.tags

  depends_on = [terraform_data.definition]
}

# What the definition uses is written down twice, once before the machine changes
# and once after: a new permission is there before the machine needs it, and an
# old one goes when neither the machine nor a version behind the alias uses it any
# more (see retained.tf). One policy that is created before the old one is destroyed
# would do the same, but Terraform passes that order on to everything the definition
# names: a topic or a table replaced under its own name would be lost, or already
# exist.
resource "aws_iam_role_policy" "execution" {
  count = local.derive ? 1 : 0

  name   = "execution"
  role   = aws_iam_role.this[0].name
  policy = local.policy
}

resource "aws_iam_role_policy" "deployed" {
  count = local.derive ? 1 : 0

  name   = "deployed"
  role   = aws_iam_role.this[0].name
  policy = local.deployed_policy

  depends_on = [
    aws_sfn_state_machine.this,
    aws_sfn_alias.this,
    aws_sfn_alias.left_to_rollouts,
  ]

  lifecycle {
    precondition {
      condition     = length(local.forgotten) == 0
      error_message = <<-EOT
        The alias ${try(var.alias.name, "")} routes to version ${join(" and ", local.forgotten)} of ${var.name}, and what it may do is not known here: this apply could take it away. Retain its definition, which this command prints:
          stepwire versions --retained ${var.name} > retained.auto.tfvars.json
        In your configuration:
          variable "retained_definitions" {
            type    = map(map(string))
            default = {}
          }
        In the call of this module, in permissions:
          retained_definitions = lookup(var.retained_definitions, ${jsonencode(var.name)}, {})
        If this apply replaced the role itself (another name or path), that version has lost it: roll out the newest one now, then apply again.
      EOT
    }

    precondition {
      condition     = length(local.deployed_policy) <= local.policy_limit
      error_message = "The role's policy would have ${length(local.deployed_policy)} characters, more than ${local.policy_limit}, with what version ${join(" and ", local.retained_versions)} needs, to which the alias routes. Nothing was taken from it. Move the alias to the newest version, then apply again."
    }
  }
}
