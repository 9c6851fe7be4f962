module "workflow" {
  source = "../state-machine"

  name       = var.name
  definition = jsonencode(module.definition.value)
  logging    = var.logging
  tags       = var.tags

  permissions = merge(local.permissions.workflow, { statements = local.table_key_statements })
}

module "submit" {
  source = "../state-machine"

  name       = "${var.name}-submit"
  type       = "EXPRESS"
  definition = jsonencode(yamldecode(templatefile("${path.module}/workflow/submit.asl.yaml", merge(local.values, { workflow_arn = module.workflow.start_arn }))))
  logging    = var.logging
  tags       = var.tags

  permissions = merge(local.permissions.submit, { statements = local.table_key_statements })
}

module "decide" {
  source = "../state-machine"

  name       = "${var.name}-decide"
  type       = "EXPRESS"
  definition = jsonencode(yamldecode(templatefile("${path.module}/workflow/decide.asl.yaml", local.values)))
  logging    = var.logging
  tags       = var.tags

  permissions = merge(local.permissions.decide, {
    # A token names no machine; it may only be one of this workflow's.
    targets    = { "states:SendTaskSuccess" = [module.workflow.arn] }
    statements = local.table_key_statements
  })
}

module "read" {
  source = "../state-machine"

  name       = "${var.name}-read"
  type       = "EXPRESS"
  definition = jsonencode(yamldecode(templatefile("${path.module}/workflow/read.asl.yaml", local.values)))
  logging    = var.logging
  tags       = var.tags

  permissions = merge(local.permissions.read, { statements = local.table_key_statements })
}

module "api" {
  source = "../rest-api"

  name       = var.name
  stage_name = var.stage_name
  throttle   = var.throttle
  tags       = var.tags

  permissions = local.permissions.api

  routes = {
    "POST /orders" = {
      authorization = var.authorization
      start_sync = {
        state_machine_arn = module.submit.start_arn
        response          = "chosen"
        response_headers  = ["Location"]
      }
    }
    "POST /orders/{order_id}/decision" = {
      authorization = var.authorization
      start_sync = {
        state_machine_arn = module.decide.start_arn
        response          = "chosen"
      }
    }
    "GET /orders/{order_id}" = {
      authorization = var.authorization
      start_sync = {
        state_machine_arn = module.read.start_arn
        response          = "chosen"
      }
    }
  }
}
