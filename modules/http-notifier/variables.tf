variable "name" {
  description = "Name of the notifier, in its errors and, where it has one, of its state machine. 1 to 60 characters of A-Z, a-z, 0-9, '_' and '-'."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,60}$", var.name))
    error_message = "name must be 1 to 60 characters of A-Z, a-z, 0-9, '_' and '-'; ${jsonencode(var.name)} has ${length(var.name)}."
  }
}

variable "connection_arn" {
  description = "ARN of the EventBridge connection that authorizes the requests, such as `module.slack_connection.arn` of modules/http-connection. An HTTP Task always has one."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:[^:]+:events:[^:]+:[0-9]{12}:connection/[^/]+/[^/]+$", var.connection_arn))
    error_message = "connection_arn is the ARN of an EventBridge connection, such as arn:aws:events:us-east-1:123456789012:connection/slack/11111111-2222-3333-4444-555555555555 (not of an event bus or an API destination), not ${jsonencode(var.connection_arn)}."
  }
}

variable "tags" {
  description = "Tags of every resource of this module that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
