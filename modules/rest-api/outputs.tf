output "id" {
  description = "Id of the REST API."
  value       = aws_api_gateway_rest_api.this.id
}

output "invoke_url" {
  description = "URL of the stage, without a slash at its end: append a route's path."
  value       = aws_api_gateway_stage.this.invoke_url
}

output "execution_arn" {
  description = "ARN of the API for `execute-api:Invoke`; append `/STAGE/METHOD/path`."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "stage_name" {
  description = "Name of the stage."
  value       = aws_api_gateway_stage.this.stage_name
}

output "stage_arn" {
  description = "ARN of the stage."
  value       = aws_api_gateway_stage.this.arn
}

output "openapi" {
  description = "OpenAPI 3.0 document of the API (JSON)."
  value       = local.document
}

output "role_arn" {
  description = "ARN of the role with which the API calls Step Functions and Lambda functions."
  value       = local.role_arn
}

output "role_policies" {
  description = "Policy documents (JSON) of the role, also for a role of yours: `trust` (who may assume it) and `execution` (what it may do)."
  value = {
    trust     = local.trust_policy
    execution = local.role_policy
  }
}

output "revision" {
  description = "Hash of the deployed document and resource policy, for `canary.stable_revision`. With a canary: that of the stable deployment."
  value       = aws_api_gateway_deployment.this.triggers.document
}

output "access_log_group_name" {
  description = "Name of the log group of the access logs; null where they are off."
  value       = one(aws_cloudwatch_log_group.access[*].name)
}

output "api_key_ids" {
  description = "Ids of the API keys, by their names in `usage_plans`; `aws apigateway get-api-key --include-value` shows a key's value."
  value       = { for name, key in aws_api_gateway_api_key.this : name => key.id }
}

output "domain" {
  description = "Target of your DNS record for the domain: `{ target, zone_id }`; null without a domain."
  value = var.domain == null ? null : {
    target  = var.endpoint.type == "EDGE" ? aws_api_gateway_domain_name.this[0].cloudfront_domain_name : aws_api_gateway_domain_name.this[0].regional_domain_name
    zone_id = var.endpoint.type == "EDGE" ? aws_api_gateway_domain_name.this[0].cloudfront_zone_id : aws_api_gateway_domain_name.this[0].regional_zone_id
  }
}
