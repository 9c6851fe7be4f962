variable "permissions" {
  description = <<-EOT
    Permissions of the role. Default: what the definition uses, and nothing else.

    - `targets`: ARNs for IAM actions whose target the definition names only at run time, such as `{ "lambda:InvokeFunction" = [module.worker.arn] }`. For `states:InvokeHTTPEndpoint` they are URL patterns. Where one is missing, the plan fails and prints the line to add.
    - `statements`: further statements, for permissions that no state shows, such as objects that another service reads in the role's name. `conditions` is test => key => values.
    - `retained_definitions`: earlier definitions (JSON texts) whose executions still run, by the number of their version, or by any name where they have no version. The role keeps their permissions. `stepwire versions --retained` prints them.
    - `boundary_arn`: ARN of the permissions boundary of the role. Default null: none.
    - `role_path`: path of the role, `/` at both ends. Default `/`.
    - `role_arn`: a role of yours. This module then makes neither role nor policy, and leaves yours as it is: the output `role_policies` has the policies that it needs. Where the same configuration makes that role, write `format("%s", aws_iam_role.mine.arn)`: Terraform then knows at plan that the ARN is not null.
  EOT
  type = object({
    targets = optional(map(list(string)), {})
    statements = optional(list(object({
      effect     = optional(string, "Allow")
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    })), [])
    retained_definitions = optional(map(string), {})
    boundary_arn         = optional(string)
    role_path            = optional(string, "/")
    role_arn             = optional(string)
  })
  default  = {}
  nullable = false

  validation {
    condition = alltrue([
      for action, targets in var.permissions.targets :
      can(regex("^[a-z0-9-]+:[A-Za-z0-9]+$", action)) && length(targets) > 0
    ])
    error_message = "permissions.targets maps an IAM action, such as \"sqs:SendMessage\", to a list of at least one ARN. Not so: ${join(", ", [
      for action, targets in var.permissions.targets : jsonencode(action)
      if !(can(regex("^[a-z0-9-]+:[A-Za-z0-9]+$", action)) && length(targets) > 0)
    ])}."
  }

  validation {
    condition = alltrue([
      for statement in var.permissions.statements :
      contains(["Allow", "Deny"], statement.effect) && length(statement.actions) > 0 && length(statement.resources) > 0
    ])
    error_message = "Each of permissions.statements has effect \"Allow\" or \"Deny\", and at least one of actions and of resources."
  }

  validation {
    condition     = var.permissions.boundary_arn == null ? true : can(regex("^arn:[^:]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions.boundary_arn))
    error_message = "permissions.boundary_arn is the ARN of a managed policy, such as arn:aws:iam::123456789012:policy/boundary, not ${jsonencode(var.permissions.boundary_arn)}."
  }

  validation {
    condition     = can(regex("^/([!-~]{1,510}/)?$", var.permissions.role_path))
    error_message = "permissions.role_path begins and ends with \"/\", such as \"/workflows/\", without spaces, not ${jsonencode(var.permissions.role_path)}."
  }

  validation {
    condition     = var.permissions.role_arn == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", var.permissions.role_arn))
    error_message = "permissions.role_arn is the ARN of a role, such as arn:aws:iam::123456789012:role/mine, not ${jsonencode(var.permissions.role_arn)}."
  }
}
