# The workflow, and the values of its definition.

module "workflow" {
  source = "../state-machine"

  name       = var.name
  definition = jsonencode(module.definition.value)
  logging    = var.logging
  tags       = var.tags

  # An approval is stopped together with the workflow that asked: no alarm.
  alarms = var.alarms == null ? null : { actions = var.alarms.actions, aborted = 0 }

  permissions = merge(local.permissions.workflow, { statements = local.table_key_statements })
}

module "definition" {
  source = "../state-machine/yaml"

  text = templatefile("${path.module}/workflow/approval.asl.yaml", {
    partition  = data.aws_partition.this.partition
    table_name = aws_dynamodb_table.requests.name
    notify     = module.notify.task
    url        = module.decide.url

    approvers         = local.approvers
    choices           = var.choices
    comment           = var.comment
    quorum            = local.votes_needed
    expires_in        = var.expires_in
    on_expiry         = var.on_expiry
    remind_every      = var.remind_every
    escalate_to       = local.escalation
    escalate_after    = length(var.escalate_to) == 0 ? null : coalesce(var.escalate_after, ceil(var.expires_in / 2))
    retention_in_days = var.retention_in_days

    result = trimspace(file("${path.module}/workflow/result.jsonata"))
  })
}
