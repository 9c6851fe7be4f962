variable "name" {
  description = "Name of the environment's workflow; all other names begin with it."
  type        = string
  nullable    = false
}

variable "approvers" {
  description = "Who decides about customers: e-mail addresses."
  type        = list(string)
  nullable    = false
}

variable "quorum" {
  description = "How many approvers have to agree."
  type        = number
  nullable    = false
}

variable "slack" {
  description = "The channel that is told, and the secret with the app's bot token."
  type = object({
    channel          = string
    token_secret_arn = string
  })
  nullable = false
}

variable "pagerduty" {
  description = "The secret with the routing key of a service's Events API v2 integration."
  type = object({
    routing_key_secret_arn = string
  })
  nullable = false
}

variable "watched_countries" {
  description = "Two-letter codes of countries whose customers are marked as a risk."
  type        = list(string)
  nullable    = false
}

variable "invitations_at_once" {
  description = "How many lines of a file of members are worked on at the same time."
  type        = number
  nullable    = false
}

variable "requests_per_second" {
  description = "What the API takes on average; twice as many at once."
  type        = number
  nullable    = false
}

variable "canary" {
  description = "The share of new executions that tries a new version of the workflow, and for how long."
  type = object({
    percent      = number
    wait_seconds = number
  })
  nullable = false
}

variable "log_retention_in_days" {
  description = "Days that logs are kept."
  type        = number
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that limits every role."
  type        = string
  nullable    = false
}

variable "retained_definitions" {
  description = "Earlier definitions whose permissions the workflow keeps, by the version's number."
  type        = map(string)
  nullable    = false
}

variable "approval_package" {
  description = "The code of the approval's functions: `package` of modules/lambda-package."
  type = object({
    s3_bucket = string
    s3_key    = string
  })
  nullable = false
}

variable "screening_package" {
  description = "The S3 object with the screening's code."
  type = object({
    s3_bucket = string
    s3_key    = string
  })
  nullable = false
}
