output "customers_urls" {
  description = "Where customers are posted, by environment."
  value       = { for name, environment in module.environment : name => environment.customers_url }
}

output "members_buckets" {
  description = "Buckets of the files of members, by environment: `CUSTOMER_ID/members.csv`."
  value       = { for name, environment in module.environment : name => environment.members_bucket }
}

output "customers_tables" {
  description = "Tables of the customers, by environment."
  value       = { for name, environment in module.environment : name => environment.customers_table }
}

output "invitations_urls" {
  description = "Queues of the invitations, by environment."
  value       = { for name, environment in module.environment : name => environment.invitations_url }
}

output "workflow_arns" {
  description = "The workflow's aliases, by environment."
  value       = { for name, environment in module.environment : name => environment.workflow_arn }
}

output "rollout_arns" {
  description = "For `stepwire rollout start ARN`, by environment."
  value       = { for name, environment in module.environment : name => environment.rollout_arn }
}
