variable "permissions" {
  description = <<-EOT
    The roles under an organisation's rules. The same object fits every module, which ignores the keys that it does not have. Default: roles that this module makes, without a boundary.

    - `boundary_arn`: ARN of the permissions boundary of each role. Default null: none.
    - `role_path`: path of each role, `/` at both ends. Default `/`.
    - `role_arns`: roles of yours, keyed `workflow` (the state machine), `notify` and `decide` (functions). For these the module makes neither role nor policy, and leaves yours as they are: the output `role_policies` has the policies that each needs. Default none.
  EOT
  type = object({
    boundary_arn = optional(string)
    role_path    = optional(string, "/")
    role_arns    = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition     = var.permissions.boundary_arn == null ? true : can(regex("^arn:[^:]+:iam::([0-9]{12}|aws):policy/.+$", var.permissions.boundary_arn))
    error_message = "permissions.boundary_arn is the ARN of a managed policy, such as arn:aws:iam::123456789012:policy/boundary, not ${jsonencode(var.permissions.boundary_arn)}."
  }

  validation {
    condition     = can(regex("^/([!-~]{1,510}/)?$", var.permissions.role_path))
    error_message = "permissions.role_path begins and ends with \"/\", such as \"/workflows/\", without spaces, not ${jsonencode(var.permissions.role_path)}."
  }

  validation {
    condition     = length(setsubtract(keys(var.permissions.role_arns), ["workflow", "notify", "decide"])) == 0
    error_message = "permissions.role_arns has the keys workflow, notify and decide, and not ${join(", ", setsubtract(keys(var.permissions.role_arns), ["workflow", "notify", "decide"]))}."
  }

  validation {
    condition     = alltrue([for arn in values(var.permissions.role_arns) : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "permissions.role_arns are ARNs of roles, such as arn:aws:iam::123456789012:role/mine. Not so: ${join(", ", [for key, arn in var.permissions.role_arns : key if !can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", arn))])}."
  }
}

locals {
  # With format() Terraform knows at plan that an ARN is not null.
  permissions = {
    for key in ["workflow", "notify", "decide"] : key => {
      boundary_arn = var.permissions.boundary_arn
      role_path    = var.permissions.role_path
      role_arn     = contains(keys(var.permissions.role_arns), key) ? format("%s", var.permissions.role_arns[key]) : null
    }
  }
}
