output "arn" {
  description = "ARN of the state machine."
  value       = aws_sfn_state_machine.this.arn
}

output "name" {
  description = "Name of the state machine."
  value       = aws_sfn_state_machine.this.name
}

output "type" {
  description = "`STANDARD` or `EXPRESS`, for `state_machine_type` of a route of modules/rest-api: its plan then refuses actions that this type does not have."
  value       = var.type
}

output "version_arn" {
  description = "ARN of the newest published version; null without an alias."
  value       = var.alias == null ? null : aws_sfn_state_machine.this.state_machine_version_arn
}

output "alias_arn" {
  description = "ARN of the alias; null without one."
  value       = try(local.alias.arn, null)
}

output "start_arn" {
  description = "ARN for callers to start: the alias where there is one, else the state machine."
  value       = var.alias == null ? aws_sfn_state_machine.this.arn : local.alias.arn
  depends_on  = [aws_iam_role_policy.execution]
}

output "start_arn_by_name" {
  description = "The ARN of `start_arn`, made of names: it is known at plan, and its users wait for neither the machine nor the alias. In routes of modules/rest-api it allows replacing resources of the machine under their own names."
  value       = var.alias == null ? local.machine_arn : "${local.machine_arn}:${var.alias.name}"
}

output "role_arn" {
  description = "ARN of the role of executions."
  value       = local.role_arn
  depends_on  = [aws_iam_role_policy.execution]
}

output "role_name" {
  description = "Name of the role of executions, to attach policies to."
  value       = local.makes_role ? aws_iam_role.this[0].name : element(split("/", var.permissions.role_arn), -1)
}

output "execution_policy" {
  description = "Permissions derived from the definition, as a policy document (JSON), without those for logging, tracing, encryption and permissions.statements; null with permissions.role_arn."
  value = local.makes_role ? jsonencode({
    Version   = "2012-10-17"
    Statement = module.permissions.statements
  }) : null
}

output "role_policies" {
  description = "Policy documents (JSON) of the role, also for a role of yours: `trust` (who may assume it) and `execution` (what it may do, with logging, tracing, encryption and permissions.statements). With permissions.role_arn the plan does not fail for a target that the definition names only at run time: `execution` then has the targets of permissions.targets."
  value = {
    trust     = local.trust_policy
    execution = local.policy
  }
}

output "log_group_name" {
  description = "Name of the log group; null where logging is off."
  value       = one(aws_cloudwatch_log_group.this[*].name)
}

output "alarm_names" {
  description = "Names of the alarms, keyed `failed`, `timed_out`, `throttled`, `aborted`; empty without alarms."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name }
}
