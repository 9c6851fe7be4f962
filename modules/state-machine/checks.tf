locals {
  # All inline policies of a role together may have 10,240 characters, and the
  # role has two of this content: see iam.tf.
  policy_limit = 10240 / 2

  # With an alias one of the two says for which versions each statement is, which is
  # known only later: see retained.tf.
  policy_length = length(local.policy) + (var.alias == null ? 0 : 100 + 20 * length(local.statements))
}

# What is wrong with the definition is said here, before anything is created:
# at plan, or where the definition is unknown until then, when applying begins.
resource "terraform_data" "definition" {
  lifecycle {
    precondition {
      condition     = length(module.permissions.definition_problems) == 0
      error_message = join("\n", module.permissions.definition_problems)
    }

    precondition {
      condition     = !local.derive || length(module.permissions.permission_problems) == 0
      error_message = join("\n", module.permissions.permission_problems)
    }

    precondition {
      condition     = !local.derive || local.policy_length <= local.policy_limit
      error_message = "The role's policy would have ${local.policy_length} characters, more than ${local.policy_limit} (IAM allows a role 10240, and during an update what was allowed and what will be are both there). Move a part of the definition into another state machine, name what it shares with one wildcard ARN in permissions.targets, or bring a role of your own with managed policies (permissions.role_arn)."
    }
  }
}
