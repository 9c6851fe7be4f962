output "task" {
  description = "The HTTP Task as a state (JSONata) for any workflow: `merge(module.slack.task, { Next = \"…\" })`. Its output is the record of the notification: `sent`, `to`, `at`, `status`, `id`, `response`."
  value       = local.task
}

output "start_arn" {
  description = "ARN to start the state machine with, whose input is sent; null without `state_machine`."
  value       = one(module.machine[*].start_arn)
}

output "state_machine_arn" {
  description = "ARN of the state machine; null without `state_machine`."
  value       = one(module.machine[*].arn)
}

output "execution_policy" {
  description = "Permissions of the state machine's role, as a policy document (JSON); null without `state_machine`."
  value       = one(module.machine[*].execution_policy)
}

output "role_policies" {
  description = "Policy documents (JSON) of the state machine's role, also for a role of yours: `trust` (who may assume it) and `execution` (what it may do); null without `state_machine`."
  value       = one(module.machine[*].role_policies)
}

output "heartbeat_alarm_name" {
  description = "Name of the alarm for hours without a notification; null without `heartbeat`."
  value       = one(aws_cloudwatch_metric_alarm.heartbeat[*].alarm_name)
}
