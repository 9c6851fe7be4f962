variable "name" {
  description = "Name of the publisher: of its state machine and its API; the names of the table and the functions start with it. At most 40 characters, which leaves room for their suffixes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,40}$", var.name))
    error_message = "name must be 1 to 40 characters of A-Z, a-z, 0-9, '_' and '-'."
  }
}

variable "stage_name" {
  description = "Name of the API's stage. Default \"live\"."
  type        = string
  default     = "live"
  nullable    = false
}

variable "throttle" {
  description = "Limits of the API: `rate_limit` requests a second on average, `burst_limit` at once. Above them the response is 429, and the sender sends again. Default null: the limits of the account."
  type = object({
    rate_limit  = number
    burst_limit = number
  })
  default = null
}

variable "cors" {
  description = "Origin whose pages may read the errors of API Gateway itself: `allow_origin`, such as `https://studio.example.com`. Default `*`: these errors hold nothing private. Senders are servers, and do not look at it."
  type = object({
    allow_origin = optional(string, "*")
  })
  default  = {}
  nullable = false
}

variable "reserved_concurrency" {
  description = "Webhooks that the initiator handles at once, at most: anybody may send one, and it costs until its signature is checked. Lambda reserves this concurrency. Default 10: hundreds a second, since a webhook takes some hundredths of a second. Above it the response is 5xx or 429, and the sender sends again. -1: no reservation, for accounts whose limit is below 110 (Lambda keeps 100 unreserved)."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= 1 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency is a whole number of at least 1, or -1 for no reservation."
  }
}

variable "retention_in_days" {
  description = "Days that the table keeps a removed post, so that an older change which arrives late does not bring it back, and a published delivery of another sender. Then DynamoDB's TTL deletes the item. Published posts stay for ever. Default 90, as long as Step Functions knows an execution's name."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.retention_in_days >= 15 && floor(var.retention_in_days) == var.retention_in_days
    error_message = "retention_in_days is a whole number of days, at least 15: a failed execution can be redriven for 14."
  }
}

variable "summary_task" {
  description = "Task state (JSON, as in `jsonencode(module.slack.task)`) that sends the summary of each execution. Its input is the summary: `text`, `outcome`, `operation`, `post`, `destinations`. This module sets `Next`, `Catch` and `Output`; a summary that cannot be sent changes nothing. Default null: no summary is sent."
  type        = string
  default     = null

  validation {
    condition     = var.summary_task == null ? true : contains(["Task", "Parallel"], try(jsondecode(var.summary_task).Type, ""))
    error_message = "summary_task must be the JSON of one Task state (or of a Parallel state around it, as the task of a webhook is): an object with \"Type\": \"Task\" and \"Resource\"."
  }
}

variable "dead_letter" {
  description = "Destination of the summary of a post that is not published everywhere, before the execution fails: `queue_url` of an SQS queue or `topic_arn` of an SNS topic. It gets `publisher`, `execution_arn`, `error`, `summary`, `failed_at`; redrive that execution to deliver what is missing. Default null: the summary is in the execution alone."
  type = object({
    queue_url = optional(string)
    topic_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.dead_letter == null ? true : (var.dead_letter.queue_url == null) != (var.dead_letter.topic_arn == null)
    error_message = "dead_letter has exactly one of queue_url and topic_arn."
  }
}

variable "statements" {
  description = "Further statements for the roles of the workflow and of its deliveries, such as `kms:Decrypt` on the key of a connection's secret or of the dead-letter queue. Default none."
  type = list(object({
    effect     = optional(string, "Allow")
    actions    = list(string)
    resources  = list(string)
    conditions = optional(map(map(list(string))), {})
  }))
  default  = []
  nullable = false
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the table. Its key policy has to let this account's IAM policies use it. Default null: the key that AWS manages for DynamoDB in this account."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table. Without the table every post would be published once more. Default false, so that destroy works: point-in-time recovery is on, and AWS keeps a backup of a deleted table for 35 days."
  type        = bool
  default     = false
  nullable    = false
}

variable "logging" {
  description = "Logs of the state machines and of the functions: `level` of the state machines' (ALL, ERROR, FATAL, OFF), and days that all are kept. Posts, responses and credentials are never logged. Default ALL, so that each step of a post can be followed afterwards, and 30 days. Deliveries are EXPRESS executions, and have no other trace."
  type = object({
    level             = optional(string, "ALL")
    retention_in_days = optional(number, 30)
  })
  default  = {}
  nullable = false
}

variable "alarms" {
  description = "CloudWatch alarms: posts that are not published everywhere, executions that time out or are throttled, functions that fail or are throttled, and 5xx responses to webhooks, after which a sender gives up one day. `actions` are ARNs that an alarm notifies when it goes off and when it is over, such as an SNS topic's. Default null: none."
  type = object({
    actions = optional(list(string), [])
  })
  default = null
}

variable "package" {
  description = "Code of the functions: `package` of `modules/lambda-package`, which several systems may share, or your S3 object with the same content. Default null: a bucket that this module makes."
  type = object({
    s3_bucket         = string
    s3_key            = string
    s3_object_version = optional(string)
    source_code_hash  = optional(string)
  })
  default = null
}

variable "tags" {
  description = "Tags of every resource of this module that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
