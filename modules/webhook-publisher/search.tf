# Writes to OpenSearch domains with its role's signature: an HTTP Task cannot sign.

locals {
  signed_indexes = sort(distinct([
    for key, destination in var.destinations :
    "${destination.signed.domain_arn}/${try(destination.settings.index, "")}/_doc/*" if destination.signed != null
  ]))
}

module "search" {
  source = "../lambda-function"
  count  = anytrue([for destination in values(var.destinations) : destination.signed != null]) ? 1 : 0

  name                  = "${var.name}-search"
  handler               = "webhook_publisher.search.handler"
  package               = local.package
  timeout               = 20
  alarms                = local.function_alarms == null ? null : merge(local.function_alarms, { errors = 0 })
  log_retention_in_days = var.logging.retention_in_days
  vpc                   = var.vpc
  permissions           = local.permissions.search
  tags                  = var.tags

  statements = [{
    actions   = ["es:ESHttpDelete", "es:ESHttpPut"]
    resources = local.signed_indexes
  }]
}
