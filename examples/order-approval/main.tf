terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

# Elsewhere: source =
# "git::https://github.com/OWNER/terraform-aws-stepwire//modules/order-approval?ref=TAG"
module "orders" {
  source = "../../modules/order-approval"

  name               = "shop-orders"
  approval_threshold = 250
  decision_timeout   = 3 * 24 * 3600
}

# Permission to read and decide: attach it to the approvers' role.
data "aws_iam_policy_document" "approver" {
  statement {
    actions = ["execute-api:Invoke"]
    resources = [
      "${module.orders.api_execution_arn}/live/GET/orders/*",
      "${module.orders.api_execution_arn}/live/POST/orders/*/decision",
    ]
  }
}

output "orders_url" {
  description = "URL to which orders are posted."
  value       = module.orders.orders_url
}

output "approver_policy" {
  description = "Policy document for the role of approvers, who may read and decide."
  value       = data.aws_iam_policy_document.approver.json
}

output "state_machine_arn" {
  description = "ARN of the order workflow."
  value       = module.orders.state_machine_arn
}
