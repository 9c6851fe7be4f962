# Link approval, and two functions to compare its cold start with.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "functions_zip" {
  description = "Path of the package with bare.py and clients.py."
  type        = string
}

module "approval" {
  source = "../../modules/link-approval"

  name      = "bench-approval"
  approvers = ["ann@example.com"]
}

module "function" {
  source   = "../../modules/lambda-function"
  for_each = toset(["bare", "clients"])

  name    = "bench-${each.key}"
  handler = "${each.key}.handler"
  package = { filename = var.functions_zip }
}

output "start_arn" {
  value = module.approval.start_arn
}

output "url" {
  value = module.approval.url
}

output "secret_arn" {
  value = module.approval.secret_arn
}

output "table_name" {
  value = module.approval.table_name
}
