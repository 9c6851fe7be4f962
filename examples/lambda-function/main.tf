terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "package" {
  description = "S3 object with the function's code: `python -m stepwire.package price price.zip` builds it from the folder `price`, and `aws s3 cp price.zip s3://BUCKET/` uploads it."
  type = object({
    s3_bucket = string
    s3_key    = string
  })
}

# Elsewhere: source =
# "git::https://github.com/OWNER/terraform-aws-stepwire//modules/lambda-function?ref=TAG"
module "price" {
  source = "../../modules/lambda-function"

  name    = "price-orders"
  handler = "price.handler"
  package = var.package
}

module "checkout" {
  source = "../../modules/state-machine"

  name = "price-and-accept"
  definition = jsonencode({
    QueryLanguage = "JSONata"
    StartAt       = "Price"
    States = {
      Price = merge(module.price.task, {
        Catch = [{ ErrorEquals = ["EmptyOrder"], Next = "Refused" }]
        Next  = "Accepted"
      })
      Accepted = { Type = "Succeed" }
      Refused  = { Type = "Fail", Error = "EmptyOrder" }
    }
  })
}

output "state_machine_arn" {
  description = "ARN of the workflow; its input is an order: `order_id` and `items` with `quantity` and `unit_price`."
  value       = module.checkout.start_arn
}

output "policy" {
  description = "Permissions of the workflow: to invoke this function."
  value       = module.checkout.execution_policy
}
