terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "approvers" {
  description = "E-mail addresses of the people who decide about large refunds."
  type        = list(string)
  default     = ["Ann Lee <ann@example.com>", "Ben Ode <ben@example.com>"]
}

# Elsewhere: source =
# "git::https://github.com/OWNER/terraform-aws-stepwire//modules/link-approval?ref=TAG"
module "approval" {
  source = "../../modules/link-approval"

  name         = "large-refunds"
  approvers    = var.approvers
  expires_in   = 3 * 24 * 3600
  remind_every = 24 * 3600

  request = {
    title   = "{% 'Refund ' & $string($states.input.amount) & ' to ' & $states.input.customer %}"
    summary = "{% $states.input.reason %}"
    details = { Order = "{% $states.input.order_id %}" }
  }
}

module "refund" {
  source = "../../modules/state-machine"

  name = "refund"
  definition = jsonencode({
    QueryLanguage = "JSONata"
    StartAt       = "IsLarge"
    States = {
      IsLarge = {
        Type    = "Choice"
        Choices = [{ Condition = "{% $states.input.amount > 100 %}", Next = "Approve" }]
        Default = "Pay"
      }
      Approve = merge(module.approval.task, { Next = "IsApproved" })
      IsApproved = {
        Type    = "Choice"
        Choices = [{ Condition = "{% $states.input.decision = 'approve' %}", Next = "Pay" }]
        Default = "Refused"
      }
      # Stands for the payment.
      Pay     = { Type = "Succeed" }
      Refused = { Type = "Fail", Error = "Refused", Cause = "{% 'The refund ended as ' & $states.input.decision %}" }
    }
  })
}

output "refund_arn" {
  description = "ARN of the workflow; its input is `{ \"order_id\", \"customer\", \"amount\", \"reason\" }`."
  value       = module.refund.start_arn
}

output "table_name" {
  description = "Name of the table of requests, with votes and audit trails."
  value       = module.approval.table_name
}
