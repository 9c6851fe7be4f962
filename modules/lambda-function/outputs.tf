output "arn" {
  description = "ARN of the function."
  value       = aws_lambda_function.this.arn
}

output "invoke_arn" {
  description = "ARN that an API Gateway integration calls."
  value       = aws_lambda_function.this.invoke_arn
}

output "name" {
  description = "Name of the function."
  value       = aws_lambda_function.this.function_name
}

output "role_arn" {
  description = "ARN of the function's role."
  value       = local.role_arn
}

output "role_name" {
  description = "Name of the function's role, to attach policies to."
  value       = local.makes_role ? aws_iam_role.this[0].name : element(split("/", var.permissions.role_arn), -1)
}

output "role_policies" {
  description = "Policy documents (JSON) of the role, also for a role of yours: `trust` (who may assume it) and `execution` (what it may do)."
  value = {
    trust     = local.trust_policy
    execution = local.execution_policy
  }
}

output "url" {
  description = "Function URL, with a slash at its end; null without one. A public URL answers 403 until the apply that makes it has ended."
  value       = one(aws_lambda_function_url.this[*].function_url)
}

output "log_group_name" {
  description = "Name of the log group, `/aws/lambda/<name>`."
  value       = aws_cloudwatch_log_group.this.name
}

output "alarm_names" {
  description = "Names of the alarms, keyed `errors`, `throttles`, `dead_letter_errors`; empty without alarms."
  value       = { for key, alarm in aws_cloudwatch_metric_alarm.this : key => alarm.alarm_name }
}

output "task" {
  description = "Task state (an object, JSONata) that invokes the function with the state's input and returns the function's result: `merge(module.f.task, { Next = \"…\" })`. It retries Lambda's own errors and throttling. An error of the function has the name of the exception's class."
  value       = local.task
  # The task's ARN is made of the name, and so does not depend on the function.
  # A workflow must not run before the function exists.
  depends_on = [aws_lambda_function.this]
}
