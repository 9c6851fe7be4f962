output "arn" {
  description = "ARN of the connection, for `InvocationConfig.ConnectionArn` of an HTTP Task and for `connection_arn` of modules/http-notifier."
  value       = local.is_by_value ? aws_cloudwatch_event_connection.this[0].arn : lookup(aws_cloudformation_stack.this[0].outputs, "Arn", null)
}

output "secret_arn" {
  description = "ARN of the secret that EventBridge made in Secrets Manager for the connection's values."
  value       = local.is_by_value ? aws_cloudwatch_event_connection.this[0].secret_arn : lookup(aws_cloudformation_stack.this[0].outputs, "SecretArn", null)
}

output "name" {
  description = "Name of the connection."
  value       = var.name
  depends_on  = [aws_cloudwatch_event_connection.this, aws_cloudformation_stack.this]
}
