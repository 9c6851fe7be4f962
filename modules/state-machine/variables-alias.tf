variable "alias" {
  description = <<-EOT
    Alias of the state machine; with it, every change publishes a version. `start_arn` is then the alias. Default null: no versions, no alias.

    - `name`: 1 to 80 characters of A-Z, a-z, 0-9, '_', '-' and '.', not all digits.
    - `stable_version_arn` and `canary_weight`: for a gradual shift, the version of this machine that stays in use (`arn:…:stateMachine:NAME:NUMBER`) and the percentage of executions for the newest version. Default: the newest version gets all. It also gets all where it is the stable version itself.
    - `routing_managed_by`: `TERRAFORM` (default) or `ROLLOUT`. With `ROLLOUT` Terraform makes the alias on the newest version, and leaves later changes of its routing to a rollout (modules/rollout). A change of this setting deletes the alias and makes it again: a start in that moment fails.
  EOT
  type = object({
    name               = string
    stable_version_arn = optional(string)
    canary_weight      = optional(number, 100)
    routing_managed_by = optional(string, "TERRAFORM")
  })
  default = null

  validation {
    condition     = var.alias == null ? true : can(regex("^[A-Za-z0-9_.-]{1,80}$", var.alias.name))
    error_message = "alias.name must be 1 to 80 characters of A-Z, a-z, 0-9, '_', '-' and '.'."
  }

  validation {
    condition     = var.alias == null ? true : !can(regex("^[0-9]+$", var.alias.name))
    error_message = "alias.name is all digits, like the number of a version; use a name such as \"live\"."
  }

  validation {
    condition     = var.alias == null ? true : var.alias.canary_weight >= 0 && var.alias.canary_weight <= 100 && floor(var.alias.canary_weight) == var.alias.canary_weight
    error_message = "alias.canary_weight is a whole percentage from 0 to 100."
  }

  validation {
    condition     = var.alias == null ? true : var.alias.canary_weight == 100 || var.alias.stable_version_arn != null
    error_message = "alias.canary_weight below 100 needs alias.stable_version_arn, the version that gets the rest."
  }

  validation {
    condition     = try(var.alias.stable_version_arn, null) == null ? true : can(regex("^${local.machine_arn}:[0-9]+$", var.alias.stable_version_arn))
    error_message = "alias.stable_version_arn is a version of this machine, ${local.machine_arn}:NUMBER, such as the output version_arn of an earlier apply; not ${jsonencode(try(var.alias.stable_version_arn, null))}."
  }

  validation {
    condition     = var.alias == null ? true : contains(["TERRAFORM", "ROLLOUT"], var.alias.routing_managed_by)
    error_message = "alias.routing_managed_by is \"TERRAFORM\" or \"ROLLOUT\"."
  }

  validation {
    condition     = var.alias == null ? true : var.alias.routing_managed_by == "TERRAFORM" || var.alias.canary_weight == 100
    error_message = "alias.canary_weight has no effect with alias.routing_managed_by = \"ROLLOUT\": the rollout sets the weights."
  }
}
