output "customers_urls" {
  description = "URLs to which customers are posted, by environment."
  value       = { for name, environment in module.environment : name => environment.customers_url }
}

output "members_buckets" {
  description = "Buckets of the member files (`CUSTOMER_ID/members.csv`), by environment."
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
  description = "ARNs of the workflow's aliases, by environment."
  value       = { for name, environment in module.environment : name => environment.workflow_arn }
}

output "rollout_arns" {
  description = "ARNs of the rollouts, for `stepwire rollout start ARN`, by environment."
  value       = { for name, environment in module.environment : name => environment.rollout_arn }
}
