variable "permissions" {
  description = <<-EOT
    Roles, as an organisation wants them. The same object fits every module, which ignores what it has no use for. Default: roles that this module makes, without a boundary.

    - `boundary_arn`: ARN of the permissions boundary of each role. Default null: none.
    - `role_path`: path of each role, `/` at both ends. Default `/`.
    - `role_arns`: your roles, by purpose: `workflow` (the publishing state machine), `deliver-<destination>` for each destination (its state machine), `api` (API Gateway's), `initiator`, `fail_execution` and, with a signed destination, `search` (functions). For these this module makes neither role nor policy: output `role_policies` says what each needs. Default none.
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
    condition     = length(setsubtract(keys(var.permissions.role_arns), local.role_keys)) == 0
    error_message = "permissions.role_arns has the keys ${join(", ", local.role_keys)}, and not ${join(", ", setsubtract(keys(var.permissions.role_arns), local.role_keys))}."
  }

  validation {
    condition     = alltrue([for arn in values(var.permissions.role_arns) : can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", arn))])
    error_message = "permissions.role_arns are ARNs of roles, such as arn:aws:iam::123456789012:role/mine. Not so: ${join(", ", [for key, arn in var.permissions.role_arns : key if !can(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$", arn))])}."
  }
}

locals {
  role_keys = concat(["workflow", "api", "initiator", "fail_execution", "search"], [for key in keys(var.destinations) : "deliver-${key}"])

  # format() tells Terraform before it applies that an ARN is not null.
  permissions = {
    for key in local.role_keys : key => {
      boundary_arn = var.permissions.boundary_arn
      role_path    = var.permissions.role_path
      role_arn     = contains(keys(var.permissions.role_arns), key) ? format("%s", var.permissions.role_arns[key]) : null
    }
  }
}
