variable "name" {
  description = "Name of the approval workflow; the names of its functions, table, topic and secret start with it. At most 40 characters, which leaves room for their suffixes."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$", var.name))
    error_message = "name must be 1 to 40 characters of A-Z, a-z, 0-9, '_' and '-', beginning with a letter or a digit."
  }
}

variable "approvers" {
  description = "E-mail addresses of the approvers, optionally with a name: `[\"Ann Lee <ann@example.com>\", \"ben@example.com\"]`. Each gets a personal link. SNS asks each address once for a confirmation, and sends requests only to those that confirm; `ses` needs no confirmation."
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.approvers) > 0 && alltrue([for text in var.approvers : can(regex(local.address_pattern, trimspace(text)))])
    error_message = "approvers is a list of e-mail addresses, \"ann@example.com\" or \"Ann Lee <ann@example.com>\". ${length(var.approvers) == 0 ? "It is empty" : "Not so: ${join(", ", [for text in var.approvers : jsonencode(text) if !can(regex(local.address_pattern, trimspace(text)))])}"}."
  }

  validation {
    condition     = length(var.approvers) <= 50
    error_message = "approvers has ${length(var.approvers)} addresses; at most 50 are possible."
  }

  validation {
    condition = length(var.approvers) == length(distinct([
      for text in var.approvers : lower(try(regex("[^<>\\s@]+@[^<>\\s@]+", text), text))
    ]))
    error_message = "approvers has an address twice; each approver has one vote. Remove the second."
  }
}

variable "ses" {
  description = <<-EOT
    E-mails by Amazon SES, from an identity of yours, instead of by SNS. They have no unsubscribe link that a mail scanner could follow, and no subscription has to be confirmed. Default null: SNS sends them.

    - `from`: their sender: `"approvals@example.com"` or `"Approvals <approvals@example.com>"`.
    - `identity_arn`: ARN of the SES identity, an address or a domain, that AWS has verified in this account and region.
  EOT
  type = object({
    from         = string
    identity_arn = string
  })
  default = null

  validation {
    condition     = var.ses == null ? true : can(regex(local.address_pattern, trimspace(var.ses.from)))
    error_message = "ses.from is an e-mail address, \"approvals@example.com\" or \"Approvals <approvals@example.com>\"."
  }

  validation {
    condition     = var.ses == null ? true : can(regex("^arn:[^:]+:ses:[^:]+:[0-9]{12}:identity/.+$", var.ses.identity_arn))
    error_message = "ses.identity_arn is the ARN of an SES identity, arn:aws:ses:REGION:ACCOUNT:identity/ADDRESS-OR-DOMAIN."
  }
}

variable "request" {
  description = <<-EOT
    The request that approvers see: texts, or expressions over the input of the task's state, JSONata (`"{% $states.input.customer %}"`) for `task`, JSONPath (`"$.customer"`) for `task_jsonpath`. Default null: the state's input is the request.

    - `title`: one line, at most 200 characters.
    - `summary`: a few sentences; lines stay lines.
    - `details`: facts, as texts by their names, shown as a table.
    - `links`: URLs (https or http) by their names.
  EOT
  type = object({
    title   = string
    summary = optional(string)
    details = optional(map(string))
    links   = optional(map(string))
  })
  default = null
}

variable "package" {
  description = "Code of the functions in S3: `package` of `modules/lambda-package`, which several systems may share, or another S3 object with the same content. Default null: the module makes a bucket."
  type = object({
    s3_bucket         = string
    s3_key            = string
    s3_object_version = optional(string)
    source_code_hash  = optional(string)
  })
  default = null
}

variable "retention_in_days" {
  description = "Days for which a request stays in the table, with its votes and audit trail, after its links expired; then DynamoDB's TTL deletes it. Default 365."
  type        = number
  default     = 365
  nullable    = false

  validation {
    condition     = var.retention_in_days >= 1 && floor(var.retention_in_days) == var.retention_in_days
    error_message = "retention_in_days is a whole number of days, at least 1."
  }
}

variable "link_key_version" {
  description = "Version of the key that signs links: add 1 for another key. Links that were sent go on working until the number is raised once more. Leave `expires_in` between two changes, or raise it twice to make every link invalid. Default 1."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.link_key_version >= 1 && floor(var.link_key_version) == var.link_key_version
    error_message = "link_key_version is a whole number, 1 or more."
  }
}

variable "kms_key_arn" {
  description = "ARN of the KMS key that encrypts the table (and so the task tokens), the secret with the signing key, and the topic. Its key policy has to let this account's IAM policies use it. Default null: the keys that AWS manages for these services in this account."
  type        = string
  default     = null
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table. Default false, so that destroy works: with point-in-time recovery on, AWS keeps a backup of a deleted table for 35 days."
  type        = bool
  default     = false
  nullable    = false
}

variable "reserved_concurrency" {
  description = "Reserved concurrency of the function behind the URL, which is open to the internet: the most requests at once. Default null: none is reserved, and the account's limit applies."
  type        = number
  default     = null
}

variable "logging" {
  description = "Logs of the workflow and of the two functions: `level` of the workflow's (ALL, ERROR, FATAL, OFF; default ERROR), and `retention_in_days` of all (default 30). Requests, links, tokens and keys are never logged."
  type = object({
    level             = optional(string, "ERROR")
    retention_in_days = optional(number, 30)
  })
  default  = {}
  nullable = false
}

variable "alarms" {
  description = "CloudWatch alarms: approvals that fail, time out or are throttled, and functions that fail or are throttled. `actions` are ARNs notified when an alarm goes off and when it ends, such as an SNS topic's. Default null: none."
  type = object({
    actions = optional(list(string), [])
  })
  default = null
}

variable "tags" {
  description = "Tags of every resource of this module that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
