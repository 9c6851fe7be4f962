# The state machine of each destination: one attempt to bring a post there.

locals {
  # An EXPRESS execution ends after five minutes. A request that is under way then is over
  # after another one, and so is the claim.
  delivery_seconds = 290
  claim_seconds    = local.delivery_seconds + 70

  retry_after = trimspace(file("${path.module}/../http-connection/request/retry_after.jsonata"))
  failure     = trimspace(file("${path.module}/workflow/failure.jsonata"))
}

module "delivery" {
  source   = "../state-machine"
  for_each = var.destinations

  name       = "${var.name}-deliver-${each.key}"
  type       = "EXPRESS"
  definition = jsonencode(module.delivery_definition[each.key].value)

  logging = var.logging
  tags    = var.tags

  permissions = merge(local.permissions["deliver-${each.key}"], {
    statements = concat(local.table_key_statements, var.statements)
  })
}

module "delivery_definition" {
  source   = "../state-machine/yaml"
  for_each = var.destinations

  text = templatefile("${path.module}/workflow/deliver.asl.yaml", merge(local.traits[each.key], {
    destination       = each.key
    platform          = each.value.platform
    settings          = each.value.settings
    retry             = each.value.retry
    partition         = local.partition
    table_name        = aws_dynamodb_table.posts.name
    timeout_seconds   = local.delivery_seconds
    claim_seconds     = local.claim_seconds
    retention_seconds = var.retention_in_days * 86400
    # A post may change later, the webhook of another sender never does.
    keeps_posts = var.sender.sanity != null

    requests         = { for name in ["create", "update", "remove", "find"] : name => local.requests["${each.key}.${name}"] if can(local.requests["${each.key}.${name}"]) }
    request_resource = local.traits[each.key].is_signed ? module.search[0].task.Resource : "arn:${local.partition}:states:::http:invoke"
    search           = local.traits[each.key].is_signed ? module.search[0].task : null
    is_more          = local.is_more[each.key]
    graphql_error    = local.graphql_errors[each.key]
    failure          = "{% ($retry_after := ${local.retry_after}; ${local.failure}) %}"
    failure_record   = "{% ${trimspace(file("${path.module}/workflow/failure_record.jsonata"))} %}"
  }))
}
