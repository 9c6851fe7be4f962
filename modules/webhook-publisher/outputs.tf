output "webhook_url" {
  description = "URL that the sender posts its webhooks to."
  value       = "${module.api.invoke_url}/webhook"
  # The API knows its function by name, that the workflow, and that the deliveries.
  depends_on = [module.initiator, module.workflow, module.delivery]
}

output "api_id" {
  description = "Id of the REST API."
  value       = module.api.id
}

output "task" {
  description = "A Task state (an object, JSONata) with which a workflow publishes a post without a webhook: its input is `{ \"event\": { \"operation\": \"create\" }, \"post\": { … } }`, its output the summary. `merge(module.publisher.task, { Next = \"…\" })`."
  value = {
    Type          = "Task"
    QueryLanguage = "JSONata"
    Resource      = "arn:${local.partition}:states:::states:startExecution.sync:2"
    Arguments = {
      StateMachineArn = module.workflow.start_arn
      Input           = "{% $merge([$states.input, { 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID': $states.context.Execution.Id }]) %}"
    }
    Output = "{% $states.result.Output %}"
  }
  depends_on = [module.delivery]
}

output "state_machine_arn" {
  description = "ARN of the publishing workflow."
  value       = module.workflow.arn
}

output "start_arn" {
  description = "ARN to start the workflow with, besides webhooks and workflows; its input is that of `task`."
  value       = module.workflow.start_arn
  depends_on  = [module.delivery]
}

output "table_name" {
  description = "Name of the DynamoDB table: an item for each post at each destination."
  value       = aws_dynamodb_table.posts.name
}

output "function_names" {
  description = "Names of the functions, keyed `initiator`, `fail_execution` and, with a signed destination, `search`."
  value = merge(
    { initiator = module.initiator.name, fail_execution = module.fail_execution.name },
    { for search in module.search : "search" => search.name },
  )
}

output "log_group_names" {
  description = "Names of the log groups, keyed `workflow` and `deliver-<destination>` (null where logging is off), `initiator`, `fail_execution` and, with a signed destination, `search`."
  value = merge(
    {
      workflow       = module.workflow.log_group_name
      initiator      = module.initiator.log_group_name
      fail_execution = module.fail_execution.log_group_name
    },
    { for search in module.search : "search" => search.log_group_name },
    { for key, delivery in module.delivery : "deliver-${key}" => delivery.log_group_name },
  )
}

output "alarm_names" {
  description = "Names of the alarms; empty without `alarms`."
  value = sort(concat(
    values(module.workflow.alarm_names),
    values(module.initiator.alarm_names),
    flatten([for search in module.search : values(search.alarm_names)]),
    aws_cloudwatch_metric_alarm.api[*].alarm_name,
  ))
}

output "execution_policies" {
  description = "Permissions of the state machines' roles: policy documents (JSON), keyed `workflow` and `deliver-<destination>`."
  value = merge(
    { workflow = module.workflow.execution_policy },
    { for key, delivery in module.delivery : "deliver-${key}" => delivery.execution_policy },
  )
}

output "role_policies" {
  description = "Policies that each role has, or that your role needs, keyed as `permissions.role_arns`: policy documents (JSON) by `trust`, who may assume it, and `execution`, what it may do."
  value = merge(
    {
      workflow       = module.workflow.role_policies
      api            = module.api.role_policies
      initiator      = module.initiator.role_policies
      fail_execution = module.fail_execution.role_policies
    },
    { for search in module.search : "search" => search.role_policies },
    { for key, delivery in module.delivery : "deliver-${key}" => delivery.role_policies },
  )
}
