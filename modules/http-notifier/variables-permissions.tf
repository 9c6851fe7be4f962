variable "permissions" {
  description = <<-EOT
    The state machine's role, where there is one, under an organisation's rules. The same object fits every module, which ignores the keys that it does not have. Default: a role that this module makes, without a boundary.

    - `boundary_arn`: ARN of the permissions boundary of the role. Default null: none.
    - `role_path`: path of the role, `/` at both ends. Default `/`.
    - `role_arn`: a role of yours. This module then makes neither role nor policy, and leaves yours as it is: the output `role_policies` has the policies that it needs. Where the same configuration makes that role, write `format("%s", aws_iam_role.mine.arn)`: Terraform then knows at plan that the ARN is not null.
  EOT
  type = object({
    boundary_arn = optional(string)
    role_path    = optional(string, "/")
    role_arn     = optional(string)
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
    condition     = var.permissions.role_arn == null ? true : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", var.permissions.role_arn))
    error_message = "permissions.role_arn is the ARN of a role, such as arn:aws:iam::123456789012:role/mine, not ${jsonencode(var.permissions.role_arn)}."
  }

  validation {
    condition     = var.state_machine != null || var.permissions.role_arn == null
    error_message = "permissions.role_arn is the role of the state machine: set state_machine, too, or remove role_arn."
  }
}
