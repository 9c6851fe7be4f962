# What a destination is asked: by an HTTP Task, or by the function that signs.

locals {
  _tasks = {
    for key, operations in local._operations : key => {
      for name, operation in operations : name => jsondecode(
        local._traits[key].is_signed ? jsonencode(local._signed_tasks[key][name]) : jsonencode(local._http_tasks[key][name])
      )
    }
  }

  _http_tasks = {
    for key, operations in local._operations : key => {
      for name, operation in operations : name => {
        Type     = "Task"
        Resource = "arn:${local._partition}:states:::http:invoke"
        Arguments = merge(
          {
            ApiEndpoint      = local._urls[key][name]
            Method           = operation.method
            InvocationConfig = { ConnectionArn = var.destinations[key].connection_arn }
          },
          { for headers in [try(local._asked[key].headers, {})] : "Headers" => headers if length(headers) > 0 },
          { for query in [try(operation.query, {})] : "QueryParameters" => query if length(query) > 0 },
          { for body in [try(operation.body_json, jsonencode("{% (${local._bound[key][operation.body]}) %}"), null)] : "RequestBody" => jsondecode(body) if body != null },
        )
      } if !local._traits[key].is_signed
    }
  }

  _signed_tasks = {
    for key, operations in local._operations : key => {
      for name, operation in operations : name => {
        Type     = "Task"
        Resource = module.search[0].task.Resource
        Arguments = {
          FunctionName = module.search[0].task.Arguments.FunctionName
          Payload = merge(
            {
              method = operation.method
              url    = local._urls[key][name]
              region = split(":", var.destinations[key].signed.domain_arn)[3]
            },
            { for query in [try(operation.query, {})] : "query" => query if length(query) > 0 },
            { for body in [try(operation.body, null)] : "body" => "{% (${local._bound[key][body]}) %}" if body != null },
          )
        }
        TimeoutSeconds = module.search[0].task.TimeoutSeconds
      } if local._traits[key].is_signed
    }
  }

  requests = {
    for key, tasks in local._tasks : key => {
      for name, task in tasks : name => {
        task      = task
        remote_id = local._answers[key][name].id
        url       = local._answers[key][name].url
        is_more   = "{% (${local._answer[key]}$page < ${local._traits[key].search_pages} and (${try(local._operations[key][name].more, "false")})) %}"
        retry     = name == "create" ? jsonencode(local.create_retries[key]) : jsonencode(local.retries[key])
      }
    }
  }

  problems = {
    for key, asked in local._asked : key =>
    "{% (${local._answer[key]}$found := ${trimspace(try(asked.problem, "{}"))}; $exists($found) ? $found : {}) %}"
  }
}
