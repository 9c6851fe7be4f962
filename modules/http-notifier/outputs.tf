output "task" {
  description = "The notification as a state (JSONata) of any workflow: `merge(module.slack.task, { Next = \"…\" })`. Its output is the record of what was sent: `sent`, `to`, `at`, `status`, `id`, `response`."
  value       = local.task
}

output "start_arn" {
  description = "ARN to start with an input that is sent; null without `state_machine`."
  value       = one(module.machine[*].start_arn)
}

output "state_machine_arn" {
  description = "ARN of the state machine; null without `state_machine`."
  value       = one(module.machine[*].arn)
}

output "execution_policy" {
  description = "What the state machine's role may do, as a policy document (JSON); null without `state_machine`."
  value       = one(module.machine[*].execution_policy)
}

output "role_policies" {
  description = "What the state machine's role has, and what a role of your own needs: policy documents (JSON) by `trust`, who may assume it, and `execution`, what it may do; null without `state_machine`."
  value       = one(module.machine[*].role_policies)
}

output "heartbeat_alarm_name" {
  description = "Name of the alarm that goes off when nothing was sent; null without `heartbeat`."
  value       = one(aws_cloudwatch_metric_alarm.heartbeat[*].alarm_name)
}
