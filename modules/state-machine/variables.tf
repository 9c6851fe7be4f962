variable "name" {
  description = "Name of the state machine; its role, log group and alarms are named after it. 1 to 80 characters of A-Z, a-z, 0-9, '_' and '-'. A change replaces the state machine and deletes the old one with its executions."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.name))
    error_message = "name must be 1 to 80 characters of A-Z, a-z, 0-9, '_' and '-' (CloudWatch Logs takes no others); ${jsonencode(var.name)} has ${length(var.name)}."
  }
}

variable "definition" {
  description = "Definition of the state machine in the Amazon States Language: a JSON text, such as `jsonencode({ StartAt = \"First\", States = { … } })`. The role is granted what it uses. It may contain ARNs that are known only after an apply."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.definition) <= 1048576
    error_message = "definition has ${length(var.definition)} characters; Step Functions takes at most 1048576. Move a part of it into another state machine."
  }
}

variable "type" {
  description = "`STANDARD` (default: runs up to a year, each state once) or `EXPRESS` (up to 5 minutes, can answer its caller, cannot wait with `.sync` or `.waitForTaskToken`). A change replaces the state machine under the same name and deletes the old one with its executions. Behind modules/rest-api, use `start_arn_by_name` in the route, or change the name as well: Terraform creates what an API's deployment refers to before it destroys the old one."
  type        = string
  default     = "STANDARD"
  nullable    = false

  validation {
    condition     = contains(["STANDARD", "EXPRESS"], var.type)
    error_message = "type is \"STANDARD\" or \"EXPRESS\", not ${jsonencode(var.type)}."
  }
}

variable "tracing" {
  description = "AWS X-Ray traces of executions. Default false: traces are billed."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the definition and the executions' data. Its key policy has to let this account's IAM policies use it. Default null: a key that AWS owns."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of every resource of this module that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
