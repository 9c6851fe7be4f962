output "order_approval" {
  description = "Outputs of the order approval: `orders_url`, `api_id`, `api_execution_arn`, `state_machine_arn`, `start_arn`, `table_name`, `execution_policies` (derived permissions of each machine's role) and `role_policies` (policies of each role, also for roles of yours). Null when it is off."
  value = one([
    for system in module.order_approval : {
      orders_url         = system.orders_url
      api_id             = system.api_id
      api_execution_arn  = system.api_execution_arn
      state_machine_arn  = system.state_machine_arn
      start_arn          = system.start_arn
      table_name         = system.table_name
      execution_policies = system.execution_policies
      role_policies      = system.role_policies
    }
  ])
}

output "http_notifier" {
  description = "Outputs of the notifier: `task`, a state for any workflow; and, where it has a state machine, `start_arn`, `state_machine_arn`, `execution_policy`, `role_policies` and `heartbeat_alarm_name`. Null when it is off."
  value = one([
    for system in module.http_notifier : {
      task                 = system.task
      start_arn            = system.start_arn
      state_machine_arn    = system.state_machine_arn
      execution_policy     = system.execution_policy
      role_policies        = system.role_policies
      heartbeat_alarm_name = system.heartbeat_alarm_name
    }
  ])
}

output "link_approval" {
  description = "Outputs of the link approval: `task` and `task_jsonpath`, a state for any workflow; `url`, the base of the links; `state_machine_arn`, `start_arn`, `table_name`, `topic_arn`, `notify_function_name`, `execution_policies` (derived permissions of the workflow's role) and `role_policies` (policies of each role, also for roles of yours). Null when it is off."
  value = one([
    for system in module.link_approval : {
      task                 = system.task
      task_jsonpath        = system.task_jsonpath
      url                  = system.url
      state_machine_arn    = system.state_machine_arn
      start_arn            = system.start_arn
      table_name           = system.table_name
      topic_arn            = system.topic_arn
      notify_function_name = system.notify_function_name
      execution_policies   = system.execution_policies
      role_policies        = system.role_policies
    }
  ])
}

output "webhook_publisher" {
  description = "Outputs of the webhook publisher: `webhook_url`, to which the sender posts; `task`, a state that publishes a post; `state_machine_arn`, `start_arn`, `table_name`, `function_names`, `log_group_names`, `execution_policies` (derived permissions of the workflow's role) and `role_policies` (policies of each role, also for roles of yours). Null when it is off."
  value = one([
    for system in module.webhook_publisher : {
      webhook_url        = system.webhook_url
      api_id             = system.api_id
      task               = system.task
      state_machine_arn  = system.state_machine_arn
      start_arn          = system.start_arn
      table_name         = system.table_name
      function_names     = system.function_names
      log_group_names    = system.log_group_names
      execution_policies = system.execution_policies
      role_policies      = system.role_policies
    }
  ])
}
