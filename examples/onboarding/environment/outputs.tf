output "customers_url" {
  description = "URL to which customers are posted."
  value       = "${module.api.invoke_url}/customers"
}

output "members_bucket" {
  description = "Bucket of the member files."
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
  description = "ARN of the workflow's alias."
  value       = module.workflow.start_arn
}

output "rollout_arn" {
  description = "ARN of the rollout, for `stepwire rollout start ARN`."
  value       = module.rollout.start_arn
}
