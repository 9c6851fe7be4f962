output "order_approval" {
  description = "What callers of the order approval need: `orders_url`, `api_id`, `api_execution_arn`, `state_machine_arn`, `start_arn`, `table_name`, and `execution_policies`, which say what each role may do. Null when it is off."
  value = one([
    for system in module.order_approval : {
      orders_url         = system.orders_url
      api_id             = system.api_id
      api_execution_arn  = system.api_execution_arn
      state_machine_arn  = system.state_machine_arn
      start_arn          = system.start_arn
      table_name         = system.table_name
      execution_policies = system.execution_policies
    }
  ])
}
