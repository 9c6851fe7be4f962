# The outputs task and task_jsonpath: states that start the approval and wait for its end.

locals {
  _task_base = {
    Type     = "Task"
    Resource = "arn:${data.aws_partition.this.partition}:states:::states:startExecution.sync:2"
  }

  # Step Functions' key for the parent: the console links the two executions.
  _started_by_key = "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"

  _request = {
    for key in ["title", "summary", "details", "links"] :
    key => var.request[key] if try(var.request[key], null) != null
  }

  task = merge(local._task_base, {
    QueryLanguage = "JSONata"
    Arguments = merge(
      { StateMachineArn = local.state_machine_arn },
      var.request == null ? null : {
        Input = merge(local._request, { (local._started_by_key) = "{% $states.context.Execution.Id %}" })
      },
      var.request != null ? null : {
        Input = "{% $type($states.input) = 'object' ? $merge([$states.input, {'${local._started_by_key}': $states.context.Execution.Id}]) : $states.input %}"
      },
    )
    Output = "{% $states.result.Output %}"
  })

  # In JSONPath a key that ends in ".$" has a path as its value.
  _path_pattern = "^(\\$|States\\.)"
  task_jsonpath = merge(local._task_base, {
    Parameters = merge(
      { StateMachineArn = local.state_machine_arn },
      var.request == null ? null : {
        Input = merge(
          {
            for key, value in local._request :
            can(regex(local._path_pattern, value)) ? "${key}.$" : key => value
            if !contains(["details", "links"], key)
          },
          {
            for key in ["details", "links"] : key => {
              for name, value in local._request[key] :
              can(regex(local._path_pattern, value)) ? "${name}.$" : name => value
            } if can(local._request[key])
          },
          { "${local._started_by_key}.$" = "$$.Execution.Id" },
        )
      },
      var.request != null ? null : { "Input.$" = "$" },
    )
    # Only the result, so that ResultPath can put it beside the input.
    ResultSelector = {
      for key in ["comment", "decided_at", "decided_by", "decision", "votes"] :
      "${key}.$" => "$.Output.${key}"
    }
  })
}
