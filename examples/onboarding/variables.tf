variable "environments" {
  description = <<-EOT
    Environments, by name: each is a copy of everything, with its own KMS key.

    - `approvers`: e-mail addresses of the people who decide about customers.
    - `quorum`: number of approvers who have to agree. Default 2. A single rejection is final.
    - `slack`: channel for messages, and the secret in Secrets Manager with the app's bot token.
    - `pagerduty`: secret with the routing key of a service's Events API v2 integration.
    - `watched_countries`: two-letter codes of countries whose customers are marked as a risk.
    - `invitations_at_once`: lines of a member file that are processed at the same time. Default 10.
    - `requests_per_second`: rate limit of the API; its burst limit is twice as high. Default 5.
    - `canary`: percentage of new executions that get a new version of the workflow first, and the time in seconds. Default 10 percent for 600 seconds.
    - `log_retention_in_days`: default 30.
  EOT
  type = map(object({
    approvers = list(string)
    quorum    = optional(number, 2)
    slack = object({
      channel          = string
      token_secret_arn = string
    })
    pagerduty = object({
      routing_key_secret_arn = string
    })
    watched_countries   = optional(list(string), [])
    invitations_at_once = optional(number, 10)
    requests_per_second = optional(number, 5)
    canary = optional(object({
      percent      = number
      wait_seconds = number
    }), { percent = 10, wait_seconds = 600 })
    log_retention_in_days = optional(number, 30)
  }))
  nullable = false
}

variable "permissions_boundary_arn" {
  description = "ARN of the permissions boundary of every role in this configuration."
  type        = string
  nullable    = false
}

variable "retained_definitions" {
  description = "Earlier definitions whose permissions a workflow keeps, by the workflow's name and the version's number: the output of `stepwire versions NAME --retained`. Default none."
  type        = map(map(string))
  default     = {}
  nullable    = false
}

variable "screening_package" {
  description = "S3 object with the screening's code: `python -m stepwire.package screening screening.zip` builds it from the folder `screening`, and `aws s3 cp screening.zip s3://BUCKET/` uploads it."
  type = object({
    s3_bucket = string
    s3_key    = string
  })
  nullable = false
}
