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

  _done = {
    create = "CREATED"
    # What an earlier attempt made is new to whoever looks at the result.
    update = "{% $is_searched ? 'CREATED' : 'UPDATED' %}"
  }
  _after = { create = "keep", update = "keep", remove = "removed", find = "found" }

  _request_states = {
    for key, tasks in local._tasks : key => merge(
      {
        for name, task in tasks : "${key}: ${name}" => merge(
          task,
          {
            Assign = merge(
              {
                operation = name
                remote_id = local._answers[key][name].id
                url       = local._answers[key][name].url
              },
              can(local._done[name]) ? { done = local._done[name] } : null,
              name == "find" ? { is_searched = true } : null,
              {
                for part, text in {
                  page    = "{% $page + 1 %}"
                  is_more = "{% (${local._answer[key]}$page < ${local._traits[key].pages} and (${try(local._operations[key][name].more, "false")})) %}"
                } : part => text if name == "find" && local._traits[key].pages > 1
              },
              local._traits[key].is_graphql ? {
                problem = "{% (${local._answer[key]}$found := ${trimspace(local._asked[key].problem)}; $exists($found) ? $found : {}) %}"
              } : null,
            )
            Output = {}
            Catch = [{
              ErrorEquals = ["States.ALL"]
              Assign      = { operation = name, failure = local._failures[key] }
              Next        = "${key}: why"
            }]
            Next = "${key}: ${local._traits[key].is_graphql ? "answered" : local._after[name]}"
          },
          {
            for retriers in [try({ create = local._safe_retries[key] }[name], local._retries[key])] :
            "Retry" => retriers if length(retriers) > 0
          },
        )
      },
      {
        for name, state in {
          # GraphQL: an answer of 200 may be a failure.
          answered = {
            Type = "Choice"
            Choices = concat(
              [{ Condition = "{% $exists($problem.code) %}", Next = "${key}: refused" }],
              [for other in ["find", "remove"] : { Condition = "{% $operation = '${other}' %}", Next = "${key}: ${local._after[other]}" }],
            )
            Default = "${key}: keep"
          }
          refused = {
            Type = "Pass"
            Assign = { failure = {
              error = "{% $problem.code %}"
              cause = "{% $substring($string($problem.message), 0, 1000) %}"
              again = "{% $problem.again %}"
              gone  = "{% $problem.gone %}"
              after = -1
            } }
            Output = {}
            Next   = "${key}: why"
          }
        } : "${key}: ${name}" => state if local._traits[key].is_graphql
      },
    )
  }
}
