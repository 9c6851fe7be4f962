output "definition_problems" {
  description = "Errors in the definitions that AWS would refuse, one text each."
  value       = local.definition_problems
}

output "permission_problems" {
  description = "Reasons why permissions cannot be derived, one text each."
  value       = concat(local.integration_problems, local.target_problems)
}

output "statements" {
  description = "Derived IAM statements, merged and sorted."
  value       = values(local.statements)
}
