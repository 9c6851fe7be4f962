terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "currency" {
  description = "What prices are in: change it to have another version to roll out."
  type        = string
  default     = "EUR"
}

variable "wait_seconds" {
  description = "How long a tenth of the new executions tries a new version, seconds. Default 600: the alarm needs some minutes to see what fails."
  type        = number
  default     = 600
}

# Elsewhere: source = "git::https://github.com/OWNER/terraform-aws-stepwire//modules/state-machine?ref=TAG"
module "orders" {
  source = "../../modules/state-machine"

  name = "checkout"
  definition = jsonencode({
    Comment       = "Prices in ${var.currency}"
    QueryLanguage = "JSONata"
    StartAt       = "Price"
    States = {
      Price = {
        Type   = "Pass"
        Output = { currency = var.currency }
        End    = true
      }
    }
  })

  # An apply publishes a version; who gets it is the rollout's business.
  alias  = { name = "live", shifted_by = "ROLLOUT" }
  alarms = { failed = 5 }
}

module "rollout" {
  source = "../../modules/rollout"

  name        = "checkout-rollout"
  alias_arn   = module.orders.alias_arn
  strategy    = { canary = { percent = 10, wait_seconds = var.wait_seconds } }
  alarm_names = values(module.orders.alarm_names)
}

output "start_arn" {
  description = "What callers of the workflow start, whatever version it is at."
  value       = module.orders.start_arn
}

output "rollout_arn" {
  description = "For `stepwire rollout start ARN`."
  value       = module.rollout.start_arn
}
