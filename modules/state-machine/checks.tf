locals {
  # The inline policies of a role may have 10,240 characters together, and the
  # role has two with this content: see iam.tf.
  policy_limit = 10240 / 2

  # With an alias, one of the two has the versions of each statement in its
  # Sid. They are known only later: see retained.tf.
  policy_length = length(local.policy) + (var.alias == null ? 0 : 100 + 20 * length(local.statements))
}

# Problems of the definition are reported before anything is created: at plan,
# or at the start of the apply where the definition is unknown until then.
resource "terraform_data" "definition" {
  lifecycle {
    precondition {
      condition     = length(module.permissions.definition_problems) == 0
      error_message = join("\n", module.permissions.definition_problems)
    }

    precondition {
      condition     = !local.makes_role || length(module.permissions.permission_problems) == 0
      error_message = join("\n", module.permissions.permission_problems)
    }

    precondition {
      condition     = !local.makes_role || local.policy_length <= local.policy_limit
      error_message = "The role's policy would have ${local.policy_length} characters, more than ${local.policy_limit} (IAM allows a role 10240, and during an update it has the old and the new permissions). Move a part of the definition into another state machine, name targets that are alike by one wildcard ARN in permissions.targets, or bring your role with managed policies (permissions.role_arn)."
    }
  }
}
