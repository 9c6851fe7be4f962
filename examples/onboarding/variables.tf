variable "environments" {
  description = <<-EOT
    What is set up, by name: each is a copy of everything, with one KMS key each.

    - `approvers`: who decides about customers: e-mail addresses.
    - `quorum`: how many of them have to agree. Default 2. One who rejects decides alone.
    - `slack`: the channel that is told, and the secret in Secrets Manager with the app's bot token.
    - `pagerduty`: the secret with the routing key of a service's Events API v2 integration.
    - `watched_countries`: two-letter codes of countries whose customers are marked as a risk.
    - `invitations_at_once`: how many lines of a file of members are worked on at the same time. Default 10.
    - `requests_per_second`: what the API takes on average; twice as many at once. Default 5.
    - `canary`: the share of new executions that tries a new version of the workflow, and for how long. Default 10 percent for 10 minutes.
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
  description = "ARN of the policy that limits every role of this configuration, as organisations ask for it."
  type        = string
  nullable    = false
}

variable "retained_definitions" {
  description = "Earlier definitions whose permissions a workflow keeps, by the workflow's name and the version's number: what `stepwire versions NAME --retained` prints. Default none."
  type        = map(map(string))
  default     = {}
  nullable    = false
}

variable "screening_package" {
  description = "The S3 object with the screening's code: `python -m stepwire.package screening screening.zip` makes it of the folder `screening`, and `aws s3 cp screening.zip s3://BUCKET/` puts it there."
  type = object({
    s3_bucket = string
    s3_key    = string
  })
  nullable = false
}
