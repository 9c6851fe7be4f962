terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

# Code of the approval's functions, once for all environments. Elsewhere:
# source =
# "git::https://github.com/OWNER/terraform-aws-stepwire//modules/lambda-package?ref=TAG"
module "package" {
  source = "../../modules/lambda-package"

  name = "onboarding"
}

module "environment" {
  source   = "./environment"
  for_each = var.environments

  name                     = "onboarding-${each.key}"
  approvers                = each.value.approvers
  quorum                   = each.value.quorum
  slack                    = each.value.slack
  pagerduty                = each.value.pagerduty
  watched_countries        = each.value.watched_countries
  invitations_at_once      = each.value.invitations_at_once
  requests_per_second      = each.value.requests_per_second
  canary                   = each.value.canary
  log_retention_in_days    = each.value.log_retention_in_days
  permissions_boundary_arn = var.permissions_boundary_arn
  retained_definitions     = lookup(var.retained_definitions, "onboarding-${each.key}", {})
  approval_package         = module.package.package
  screening_package        = var.screening_package
}
