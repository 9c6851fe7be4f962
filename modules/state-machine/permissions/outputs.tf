output "definition_problems" {
  description = "What AWS would refuse about the definitions, one text each."
  value       = local.definition_problems
}

output "permission_problems" {
  description = "Why the permissions cannot be derived, one text each."
  value       = concat(local.integration_problems, local.target_problems)
}

output "statements" {
  description = "The derived IAM statements, merged and sorted."
  value       = values(local.statements)
}
