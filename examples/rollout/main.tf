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
  description = "Currency of prices. A change makes another version to roll out."
  type        = string
  default     = "EUR"
}

variable "wait_seconds" {
  description = "Seconds for which only a tenth of the new executions gets a new version. Default 600: the alarm needs some minutes to notice failures."
  type        = number
  default     = 600
}

# Elsewhere: source =
# "git::https://github.com/OWNER/terraform-aws-stepwire//modules/state-machine?ref=TAG"
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

  # An apply publishes a version; the rollout shifts executions to it.
  alias  = { name = "live", routing_managed_by = "ROLLOUT" }
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
  description = "ARN for callers to start: the alias, which the rollout shifts."
  value       = module.orders.start_arn
}

output "rollout_arn" {
  description = "ARN of the rollout, for `stepwire rollout start ARN`."
  value       = module.rollout.start_arn
}
