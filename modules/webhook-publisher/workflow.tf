# The publishing workflow.

locals {
  destinations = [
    for key, destination in var.destinations : {
      destination = key
      platform    = destination.platform
      # By name: the definition is known when Terraform plans.
      state_machine_arn = module.delivery[key].start_arn_by_name
    }
  ]
}

module "workflow" {
  source = "../state-machine"

  name       = var.name
  definition = jsonencode(module.definition.value)
  logging    = var.logging
  tags       = var.tags

  # The person who stops an execution needs no alarm.
  alarms = var.alarms == null ? null : { actions = var.alarms.actions, aborted = 0 }

  permissions = merge(local.permissions.workflow, {
    targets    = { "states:StartSyncExecution" = local.destinations[*].state_machine_arn }
    statements = concat(local.table_key_statements, var.statements)
  })
}

module "definition" {
  source = "../state-machine/yaml"

  text = templatefile("${path.module}/workflow/publish.asl.yaml", {
    partition       = local.partition
    table_name      = aws_dynamodb_table.posts.name
    timeout_seconds = local.timeout_seconds
    destinations    = local.destinations
    publication = join("", [
      "$destinations := ${jsonencode(local.destinations)}; $claim_seconds := ${local.claim_seconds}; ",
      trimspace(file("${path.module}/workflow/publication.jsonata")),
    ])
    summary        = trimspace(file("${path.module}/workflow/summary.jsonata"))
    summary_task   = var.summary_task == null ? null : jsonencode(jsondecode(var.summary_task))
    dead_letter    = var.dead_letter
    message        = trimspace(templatefile("${path.module}/workflow/dead_letter.jsonata", { name = var.name }))
    fail_execution = module.fail_execution.task
  })
}

locals {
  # Each attempt: a pause, and two rounds, since it may become due just after another
  # destination's delivery began. And as long again for another execution's claims.
  timeout_seconds = 2 * max([
    for key, destination in var.destinations : sum([
      for kind in [destination.retry.throttled, destination.retry.server_error, destination.retry.unreachable] :
      (1 + kind.max_attempts) * (max(kind.max_delay_seconds, local.traits[key].find_after_seconds) + 2 * local.delivery_seconds)
    ])
  ]...)
}
