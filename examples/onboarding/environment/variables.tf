variable "name" {
  description = "Name of the environment's workflow; all other names begin with it."
  type        = string
  nullable    = false
}

variable "approvers" {
  description = "E-mail addresses of the people who decide about customers."
  type        = list(string)
  nullable    = false
}

variable "quorum" {
  description = "Number of approvers who have to agree."
  type        = number
  nullable    = false
}

variable "slack" {
  description = "Slack channel for messages, and the secret with the app's bot token."
  type = object({
    channel          = string
    token_secret_arn = string
  })
  nullable = false
}

variable "pagerduty" {
  description = "Secret with the routing key of a service's Events API v2 integration."
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
  description = "Lines of a member file that are processed at the same time."
  type        = number
  nullable    = false
}

variable "requests_per_second" {
  description = "Rate limit of the API; its burst limit is twice as high."
  type        = number
  nullable    = false
}

variable "canary" {
  description = "Percentage of new executions that get a new version of the workflow first, and the time in seconds."
  type = object({
    percent      = number
    wait_seconds = number
  })
  nullable = false
}

variable "log_retention_in_days" {
  description = "Retention of logs in days."
  type        = number
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "ARN of the permissions boundary of every role."
  type        = string
  nullable    = false
}

variable "retained_definitions" {
  description = "Earlier definitions whose permissions the workflow keeps, by version number."
  type        = map(string)
  nullable    = false
}

variable "approval_package" {
  description = "Code of the approval's functions: output `package` of modules/lambda-package."
  type = object({
    s3_bucket = string
    s3_key    = string
  })
  nullable = false
}

variable "screening_package" {
  description = "S3 object with the screening's code."
  type = object({
    s3_bucket = string
    s3_key    = string
  })
  nullable = false
}
