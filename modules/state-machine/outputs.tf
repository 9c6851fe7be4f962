output "arn" {
  description = "ARN of the state machine."
  value       = aws_sfn_state_machine.this.arn
}

output "name" {
  description = "Name of the state machine."
  value       = aws_sfn_state_machine.this.name
}

output "type" {
  description = "`STANDARD` or `EXPRESS`: for `state_machine_type` of a route of modules/rest-api, whose plan then refuses what this type cannot do."
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
  description = "What callers should start: the alias where there is one, else the state machine."
  value       = var.alias == null ? aws_sfn_state_machine.this.arn : local.alias.arn
  depends_on  = [aws_iam_role_policy.execution]
}

output "start_arn_by_name" {
  description = "The ARN of `start_arn`, made from names: known when Terraform plans, and what uses it waits for neither the machine nor its alias. For routes of modules/rest-api: what the machine uses can then be replaced under its own name."
  value       = var.alias == null ? local.machine_arn : "${local.machine_arn}:${var.alias.name}"
}

output "role_arn" {
  description = "ARN of the role that executions have."
  value       = local.role_arn
  depends_on  = [aws_iam_role_policy.execution]
}

output "role_name" {
  description = "Name of that role, to attach policies to."
  value       = local.derive ? aws_iam_role.this[0].name : element(split("/", var.permissions.role_arn), -1)
}

output "execution_policy" {
  description = "The permissions derived from the definition, as a policy document (JSON); null with a role of your own. Logging, tracing, encryption and permissions.statements are not in it."
  value = local.derive ? jsonencode({
    Version   = "2012-10-17"
    Statement = module.permissions.statements
  }) : null
}

output "role_policies" {
  description = "What the role has, and what a role of your own needs: policy documents (JSON) by `trust`, who may assume it, and `execution`, what it may do, with logging, tracing, encryption and permissions.statements. With a role of your own nothing is refused: what the definition names only at run time is in it as far as permissions.targets say."
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
