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
  description = "Limits of the API: `rate_limit` requests a second on average, `burst_limit` at once; more is answered 429, and the sender sends again. Default null: the account's own limits."
  type = object({
    rate_limit  = number
    burst_limit = number
  })
  default = null
}

variable "cors" {
  description = "Which origin's pages may read what API Gateway itself answers: `allow_origin`, such as `https://studio.example.com`. Default `*`: an error tells a browser, too, what is wrong, and there is nothing in it that is anybody's. Senders are servers, and do not look at it."
  type = object({
    allow_origin = optional(string, "*")
  })
  default  = {}
  nullable = false
}

variable "reserved_concurrency" {
  description = "How many webhooks the initiator works on at once, at most: anybody may send one, and until its signature is looked at it costs. The account keeps as much free for it. Default 10: hundreds a second, since one takes some hundredths of a second; more are answered with 5xx or 429, and the sender sends again. -1: no reservation, for accounts whose limit is below 110 (Lambda keeps 100 unreserved)."
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.reserved_concurrency == -1 || var.reserved_concurrency >= 1 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency is a whole number of at least 1, or -1 for no reservation."
  }
}

variable "retention_in_days" {
  description = "Days that it is remembered that a post was removed, so that an older change which arrives late does not bring it back; and that another sender's delivery was published. Then DynamoDB's TTL deletes the item. Posts that are out are remembered for ever. Default 90, as long as Step Functions knows an execution's name."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = var.retention_in_days >= 15 && floor(var.retention_in_days) == var.retention_in_days
    error_message = "retention_in_days is a whole number of days, at least 15: a failed execution can be redriven for 14."
  }
}

variable "summary_task" {
  description = "What is told of each execution: a Task state (JSON, as in `jsonencode(module.slack.task)`) that gets the summary as its input: `text`, `outcome`, `operation`, `post`, `destinations`. `Next`, `Catch` and `Output` are set by this module; a summary that cannot be sent changes nothing. Default null: nothing."
  type        = string
  default     = null

  validation {
    condition     = var.summary_task == null ? true : contains(["Task", "Parallel"], try(jsondecode(var.summary_task).Type, ""))
    error_message = "summary_task must be the JSON of one Task state (or of a Parallel state around it, as the task of a webhook is): an object with \"Type\": \"Task\" and \"Resource\"."
  }
}

variable "dead_letter" {
  description = "Where a summary goes of what was not published everywhere, before the execution fails: `queue_url` of an SQS queue or `topic_arn` of an SNS topic. It gets `publisher`, `execution_arn`, `error`, `summary`, `failed_at`; redrive that execution to send what is missing. Default null: nowhere but the execution's history."
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
  description = "Further statements for the workflow's role, such as `kms:Decrypt` on the key of a connection's secret or of the dead-letter queue. Default none."
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
  description = "ARN of the KMS key that encrypts the table of what is published where. Its key policy has to let this account's IAM policies use it. Default null: the key that AWS manages for DynamoDB in this account."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table, without which every post would be published once more. Default false, so that destroy works: with point-in-time recovery on, AWS keeps a backup of a deleted table for 35 days."
  type        = bool
  default     = false
  nullable    = false
}

variable "logging" {
  description = "Logs of the workflow and of the functions: `level` of the workflow's (ALL, ERROR, FATAL, OFF), and days that all are kept. Posts, answers and credentials are never logged. Default ALL, so that each step of a post can be followed afterwards, and 30 days."
  type = object({
    level             = optional(string, "ALL")
    retention_in_days = optional(number, 30)
  })
  default  = {}
  nullable = false
}

variable "alarms" {
  description = "CloudWatch alarms: posts that are not published everywhere, executions that time out or are throttled, functions that fail or are throttled, and webhooks that are answered with 5xx, which their sender gives up on one day. `actions` are ARNs told when one goes off and when it is over, such as an SNS topic's. Default null: none."
  type = object({
    actions = optional(list(string), [])
  })
  default = null
}

variable "package" {
  description = "Where the functions' code is: `package` of `modules/lambda-package`, which several systems may share, or an S3 object of your own with the same content. Default null: a bucket of this module's own."
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
