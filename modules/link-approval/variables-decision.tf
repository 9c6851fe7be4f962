variable "choices" {
  description = <<-EOT
    The choices of an approver, in the order of the page. Default: approve, and reject with a veto.

    - `value`: the `decision` in the output of the task.
    - `label`: text of the button. Default: the text `choice_VALUE` (approve and reject have one), else the value.
    - `color`: green, red, amber, blue, purple or gray (default).
    - `veto`: whether a single vote for it decides, whatever the quorum. Default false.
  EOT
  type = list(object({
    value = string
    label = optional(string)
    color = optional(string, "gray")
    veto  = optional(bool, false)
  }))
  default = [
    { value = "approve", color = "green" },
    { value = "reject", color = "red", veto = true },
  ]
  nullable = false

  validation {
    condition     = length(var.choices) >= 1
    error_message = "choices is empty; an approval needs at least one."
  }

  validation {
    condition     = alltrue([for choice in var.choices : can(regex("^[A-Za-z0-9_-]{1,40}$", choice.value))])
    error_message = "choices: a value is 1 to 40 characters of A-Z, a-z, 0-9, '_' and '-'. Not so: ${join(", ", [for choice in var.choices : jsonencode(choice.value) if !can(regex("^[A-Za-z0-9_-]{1,40}$", choice.value))])}."
  }

  validation {
    condition     = length(distinct(var.choices[*].value)) == length(var.choices)
    error_message = "choices has a value twice; give each choice a different value."
  }

  validation {
    condition     = length(setintersection(var.choices[*].value, ["expired", "undecided"])) == 0
    error_message = "choices: \"expired\" and \"undecided\" are decisions that the approval makes by itself; use another value."
  }

  validation {
    condition     = alltrue([for choice in var.choices : contains(["green", "red", "amber", "blue", "purple", "gray"], choice.color)])
    error_message = "choices: color is green, red, amber, blue, purple or gray, each readable on a light and a dark page."
  }
}

variable "quorum" {
  description = "Votes that a choice needs: `any` (default: one), `all` of the approvers, or a number. When the missing votes can bring no choice that far, the decision is `undecided`."
  type        = string
  default     = "any"
  nullable    = false

  validation {
    condition     = contains(["any", "all"], var.quorum) || try(tonumber(var.quorum) >= 1 && floor(tonumber(var.quorum)) == tonumber(var.quorum), false)
    error_message = "quorum is \"any\", \"all\" or a whole number of votes, 1 or more, not ${jsonencode(var.quorum)}."
  }

  validation {
    condition     = try(tonumber(var.quorum) <= length(var.approvers), true)
    error_message = "quorum is ${var.quorum}, and there are ${length(var.approvers)} approvers."
  }
}

variable "comment" {
  description = "Whether approvers write a comment, at most 1000 characters: `OPTIONAL` (default), `REQUIRED` or `NONE`."
  type        = string
  default     = "OPTIONAL"
  nullable    = false

  validation {
    condition     = contains(["OPTIONAL", "REQUIRED", "NONE"], var.comment)
    error_message = "comment is \"OPTIONAL\", \"REQUIRED\" or \"NONE\"."
  }
}

variable "expires_in" {
  description = "Seconds until the links stop working and the approval ends as `expired`. Default 604,800 (7 days, longer than a weekend and a holiday)."
  type        = number
  default     = 604800
  nullable    = false

  validation {
    condition     = var.expires_in >= 1 && var.expires_in <= 31449600 && floor(var.expires_in) == var.expires_in
    error_message = "expires_in is a whole number of seconds from 1 to 31449600 (364 days; an execution lives a year)."
  }
}

variable "on_expiry" {
  description = "Outcome when the time is over: `RESULT` (default: the task ends with `decision` = \"expired\") or `FAIL` (the task fails; the error `LinkApproval.Expired` is in its cause)."
  type        = string
  default     = "RESULT"
  nullable    = false

  validation {
    condition     = contains(["RESULT", "FAIL"], var.on_expiry)
    error_message = "on_expiry is \"RESULT\" or \"FAIL\"."
  }
}

variable "remind_every" {
  description = "Seconds between reminders to approvers who have not voted. Default null: none."
  type        = number
  default     = null

  validation {
    condition     = var.remind_every == null ? true : var.remind_every >= 1 && floor(var.remind_every) == var.remind_every
    error_message = "remind_every is a whole number of seconds, 1 or more."
  }

  validation {
    # An execution's history holds 25,000 events.
    condition     = var.remind_every == null ? true : var.expires_in / var.remind_every <= 500
    error_message = "remind_every: ${var.expires_in} seconds (expires_in) would have more than 500 reminders; raise remind_every."
  }
}

variable "escalate_to" {
  description = "Further approvers, as in `approvers`, who get the request when there is no decision after `escalate_after`. The first approvers' links go on working, and the number of votes that `quorum` asks for does not change. Default: none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for text in var.escalate_to : can(regex(local.address_pattern, trimspace(text)))])
    error_message = "escalate_to is a list of e-mail addresses, \"ann@example.com\" or \"Ann Lee <ann@example.com>\". Not so: ${join(", ", [for text in var.escalate_to : jsonencode(text) if !can(regex(local.address_pattern, trimspace(text)))])}."
  }

  validation {
    condition     = length(var.escalate_to) <= 50
    error_message = "escalate_to has ${length(var.escalate_to)} addresses; at most 50 are possible."
  }
}

variable "escalate_after" {
  description = "Seconds after which the request goes to `escalate_to`, too. Default null: half of `expires_in`."
  type        = number
  default     = null

  validation {
    condition     = var.escalate_after == null ? true : var.escalate_after >= 1 && var.escalate_after < var.expires_in && floor(var.escalate_after) == var.escalate_after
    error_message = "escalate_after is a whole number of seconds, 1 or more and less than expires_in."
  }

  validation {
    condition     = var.escalate_after == null || length(var.escalate_to) > 0
    error_message = "escalate_after has no effect without escalate_to: set escalate_to, or remove it."
  }
}

variable "language" {
  description = "Language of pages and messages: `en` (default) or `es`."
  type        = string
  default     = "en"
  nullable    = false

  validation {
    condition     = contains(["en", "es"], var.language)
    error_message = "language is \"en\" or \"es\"; for another, set every text in texts."
  }
}

variable "texts" {
  description = "Texts that replace those of `language`, keyed as in `lambda_src/link_approval/texts/en.json`; their `{…}` are placeholders. Default: none."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.texts), keys(local.default_texts))) == 0
    error_message = "texts has unknown keys: ${join(", ", setsubtract(keys(var.texts), keys(local.default_texts)))}. The keys are those of lambda_src/link_approval/texts/en.json, or choice_VALUE for a value in choices."
  }

  validation {
    condition     = length(base64gzip(jsonencode(var.texts))) <= 3500
    error_message = "texts are too long: packed they have ${length(base64gzip(jsonencode(var.texts)))} characters, and a function's environment has room for 3500."
  }
}

locals {
  default_texts = merge(
    jsondecode(file("${path.module}/../../lambda_src/link_approval/texts/en.json")),
    { for choice in var.choices : "choice_${choice.value}" => choice.value },
  )
}
