# The definition of the workflow: workflow/publish.asl.yaml, with one branch for each
# destination.

locals {
  workflow = yamldecode(templatefile("${path.module}/workflow/publish.asl.yaml", {
    name         = var.name
    partition    = local._partition
    destinations = keys(var.destinations)
    branches     = values(local.branches)
    dead_letter  = var.dead_letter
    summary_task = var.summary_task
    settle       = module.settle.task
    # Two branches' time: another execution may have to be waited for.
    timeout_seconds = 2 * local._lease_seconds
    post            = local.post
    summary         = trimspace(file("${path.module}/workflow/summary.jsonata"))
  }))

  post = join(" ", [
    "($given := $states.context.Execution.Input;",
    "$sift($exists($given.post) ? $given.post : { 'id': $states.context.Execution.Name, 'payload': $given.payload },",
    "function($value) { $value != null }))",
  ])
}

module "workflow" {
  source = "../state-machine"

  name       = var.name
  definition = jsonencode(local.workflow)
  logging    = var.logging
  tags       = var.tags

  # Who stops an execution knows it: no alarm.
  alarms = var.alarms == null ? null : { actions = var.alarms.actions, aborted = 0 }

  permissions = merge(local._permissions.workflow, { statements = concat(local._table_key_statements, var.statements) })
}
