output "orders_url" {
  description = "URL to which orders are posted. An order is at this URL with `/ORDER_ID` appended."
  value       = "${module.api.invoke_url}/orders"
}

output "api_id" {
  description = "Id of the REST API."
  value       = module.api.id
}

output "api_execution_arn" {
  description = "ARN of the API; `execute-api:Invoke` on `ARN/STAGE/POST/orders/*/decision` lets a caller decide."
  value       = module.api.execution_arn
}

output "openapi" {
  description = "The OpenAPI 3.0 document of the API, JSON."
  value       = module.api.openapi
}

output "state_machine_arn" {
  description = "ARN of the order workflow."
  value       = module.workflow.arn
}

output "start_arn" {
  description = "ARN that starts an order's workflow, as the API does."
  value       = module.workflow.start_arn
}

output "table_name" {
  description = "Name of the DynamoDB table of orders."
  value       = aws_dynamodb_table.orders.name
}

output "execution_policies" {
  description = "Permissions of each machine's role: policy documents (JSON), keyed `workflow`, `submit`, `decide`, `read`."
  value = {
    workflow = module.workflow.execution_policy
    submit   = module.submit.execution_policy
    decide   = module.decide.execution_policy
    read     = module.read.execution_policy
  }
}

output "role_policies" {
  description = "Policy documents (JSON) of the roles, also for roles of yours, keyed as `permissions.role_arns`: `trust` (who may assume it) and `execution` (what it may do)."
  value = {
    workflow = module.workflow.role_policies
    submit   = module.submit.role_policies
    decide   = module.decide.role_policies
    read     = module.read.role_policies
    api      = module.api.role_policies
  }
}
