output "customers_url" {
  description = "Where customers are posted."
  value       = "${module.api.invoke_url}/customers"
}

output "members_bucket" {
  description = "Bucket of the files of members."
  value       = aws_s3_bucket.members.id
}

output "customers_table" {
  description = "Table of the customers."
  value       = aws_dynamodb_table.customers.name
}

output "invitations_url" {
  description = "Queue of the invitations."
  value       = aws_sqs_queue.invitations.url
}

output "workflow_arn" {
  description = "The workflow's alias."
  value       = module.workflow.start_arn
}

output "rollout_arn" {
  description = "For `stepwire rollout start ARN`."
  value       = module.rollout.start_arn
}
