output "task" {
  description = "The Task state (an object, JSONata, for any definition) that asks for a decision and waits: `merge(module.approval.task, { Next = \"…\" })`. Its output: `{ decision, decided_by, decided_at, comment, votes }`."
  value       = local.task
  # Its ARN is made of the name: a workflow must not run before this one, and the key
  # that signs its links, exist.
  depends_on = [module.workflow, aws_lambda_invocation.link_key]
}

output "task_jsonpath" {
  description = "The same state for a JSONPath definition: `merge(module.approval.task_jsonpath, { ResultPath = \"$.approval\", Next = \"…\" })`."
  value       = local.task_jsonpath
  depends_on  = [module.workflow, aws_lambda_invocation.link_key]
}

output "url" {
  description = "The function URL, with which links begin."
  value       = module.decide.url
}

output "topic_arn" {
  description = "ARN of the SNS topic, for further subscriptions to an approver's messages, with a filter policy on `approver`."
  value       = aws_sns_topic.requests.arn
}

output "table_name" {
  description = "Name of the DynamoDB table of requests, with their votes and audit trails."
  value       = aws_dynamodb_table.requests.name
}

output "notify_function_name" {
  description = "Name of the function that sends messages; invoke it with `{ \"action\": \"resend\", \"request_id\": … }` to send them again."
  value       = module.notify.name
}

output "secret_arn" {
  description = "ARN of the secret that holds the signing key."
  value       = aws_secretsmanager_secret.link_key.arn
}

output "state_machine_arn" {
  description = "ARN of the approval workflow."
  value       = module.workflow.arn
}

output "start_arn" {
  description = "ARN to start an approval without a workflow; its input is the request."
  value       = module.workflow.start_arn
}

output "log_group_names" {
  description = "Names of the log groups, keyed `workflow` (null where its logging is off), `notify`, `decide`."
  value = {
    workflow = module.workflow.log_group_name
    notify   = module.notify.log_group_name
    decide   = module.decide.log_group_name
  }
}

output "execution_policies" {
  description = "Permissions of the workflow's role: a policy document (JSON), keyed `workflow`."
  value       = { workflow = module.workflow.execution_policy }
}

output "role_policies" {
  description = "Policy documents (JSON) of each role, also for a role of yours, keyed as `permissions.role_arns`: `trust` (who may assume it) and `execution` (what it may do)."
  value = {
    workflow = module.workflow.role_policies
    notify   = module.notify.role_policies
    decide   = module.decide.role_policies
  }
}
