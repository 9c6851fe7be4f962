data "aws_caller_identity" "this" {}
data "aws_partition" "this" {}
data "aws_region" "this" {}

locals {
  makes_role = var.permissions.role_arn == null
  role_arn   = local.makes_role ? aws_iam_role.this[0].arn : var.permissions.role_arn

  # Made of the name: the role trusts the machine before it exists.
  machine_arn = join(":", [
    "arn", data.aws_partition.this.partition, "states",
    data.aws_region.this.id, data.aws_caller_identity.this.account_id,
    "stateMachine", var.name,
  ])

  # Service and region tell roles of one name apart: role names are unique in
  # an account, whatever their path.
  _whole_role_name = "${var.name}-states-${data.aws_region.this.id}"
  # A change of path replaces the role, and the new one may be created first:
  # it needs another name.
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
  # For a role_arn that is not known yet: see permissions.role_arn.
  count = local.makes_role ? 1 : 0

  name                 = local.role_name
  path                 = var.permissions.role_path
  description          = "What the state machine ${var.name} may do"
  permissions_boundary = var.permissions.boundary_arn
  assume_role_policy   = local.trust_policy
  tags                 = var.tags

  depends_on = [terraform_data.definition]
}

# The role has the derived policy twice. `execution` is written before the
# machine changes, so that it has new permissions before it needs them.
# `deployed` is written after, so that old permissions go when neither the
# machine nor a version behind the alias uses them (see retained.tf). One
# policy with create_before_destroy would do the same, but Terraform passes
# that order on to everything that the definition names: a topic or a table
# that is replaced under its own name would be lost, or already exist.
resource "aws_iam_role_policy" "execution" {
  count = local.makes_role ? 1 : 0

  name   = "execution"
  role   = aws_iam_role.this[0].name
  policy = local.policy
}

resource "aws_iam_role_policy" "deployed" {
  count = local.makes_role ? 1 : 0

  name   = "deployed"
  role   = aws_iam_role.this[0].name
  policy = local.deployed_policy

  depends_on = [
    aws_sfn_state_machine.this,
    aws_sfn_alias.this,
    aws_sfn_alias.managed_by_rollout,
  ]

  lifecycle {
    precondition {
      condition     = length(local.unrecorded_versions) == 0
      error_message = <<-EOT
        The alias ${try(var.alias.name, "")} routes to version ${join(" and ", local.unrecorded_versions)} of ${var.name}, and its permissions are not known here: this apply could remove them. Retain its definition, which this command prints:
          stepwire versions --retained ${var.name} > retained.auto.tfvars.json
        In your configuration:
          variable "retained_definitions" {
            type    = map(map(string))
            default = {}
          }
        In the call of this module, in permissions:
          retained_definitions = lookup(var.retained_definitions, ${jsonencode(var.name)}, {})
        If this apply replaced the role itself (another name or path), that version has lost its role: roll out the newest version now, then apply again.
      EOT
    }

    precondition {
      condition     = length(local.deployed_policy) <= local.policy_limit
      error_message = "The role's policy would have ${length(local.deployed_policy)} characters, more than ${local.policy_limit}, with the permissions of version ${join(" and ", local.retained_versions)}, to which the alias routes. Nothing was removed from it. Move the alias to the newest version, then apply again."
    }
  }
}
