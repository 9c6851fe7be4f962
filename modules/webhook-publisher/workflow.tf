# One branch for each destination, all at once; then what became of it.

locals {
  _workflow = {
    Comment       = "Publishes a post to ${join(", ", keys(var.destinations))}"
    QueryLanguage = "JSONata"
    # Two branches' time: another execution may have to be waited for.
    TimeoutSeconds = 2 * local._lease_seconds
    StartAt        = "Begin"
    States = merge(
      {
        # From the context, since a redriven execution comes here again with another
        # state's output.
        Begin = {
          Type = "Pass"
          Assign = {
            event   = "{% $exists($states.context.Execution.Input.event) ? $states.context.Execution.Input.event : {} %}"
            post    = local._post
            version = "{% $exists($states.context.Execution.Input.post.version) ? $states.context.Execution.Input.post.version : $toMillis($exists($states.context.Execution.Input.event.received_at) ? $states.context.Execution.Input.event.received_at : $states.context.Execution.StartTime) %}"
          }
          Output = {}
          Next   = "Publish"
        }

        Publish = {
          Type     = "Parallel"
          Branches = [for key in keys(var.destinations) : local._branches[key]]
          Output   = "{% ${trimspace(file("${path.module}/jsonata/summary.jsonata"))} %}"
          Next     = var.summary_task == null ? "Outcome" : "Tell"
        }

        Outcome = {
          Type    = "Choice"
          Choices = [{ Condition = "{% $states.input.outcome = 'PUBLISHED' %}", Next = "Published" }]
          Default = var.dead_letter == null ? "Settle" : "Keep"
        }

        Published = { Type = "Pass", End = true }

        Settle = {
          Type     = "Task"
          Resource = module.settle.task.Resource
          Arguments = {
            FunctionName = module.settle.task.Arguments.FunctionName
            Payload = {
              redrives_then = "{% $states.input.redrives %}"
              redrives_now  = "{% ${local._redrives} %}"
              summary       = "{% $states.input %}"
            }
          }
          Output         = {}
          TimeoutSeconds = module.settle.task.TimeoutSeconds
          Retry          = module.settle.task.Retry
          Next           = "Begin"
        }
      },
      # A summary that cannot be sent changes nothing.
      var.summary_task == null ? null : {
        Tell = merge(jsondecode(var.summary_task), {
          Output = "{% $states.input %}"
          Catch  = [{ ErrorEquals = ["States.ALL"], Output = "{% $states.input %}", Next = "Outcome" }]
          Next   = "Outcome"
        })
      },
      var.dead_letter == null ? null : { Keep = local._keep },
    )
  }

  # Nothing in it is null: what is absent leaves out what stands for it. What has no post
  # is called as its execution, which is called as the delivery.
  _post = join(" ", [
    "{% ($given := $states.context.Execution.Input;",
    "$sift($exists($given.post) ? $given.post : { 'id': $states.context.Execution.Name, 'payload': $given.payload },",
    "function($value) { $value != null })) %}",
  ])

  _redrives = "$exists($states.context.Execution.RedriveCount) ? $states.context.Execution.RedriveCount : 0"

  _letter = join(" ", [
    "{% $string({ 'publisher': '${var.name}', 'execution_arn': $states.context.Execution.Id,",
    "'error': $states.input.outcome = 'NOT_PUBLISHED' ? 'NotPublished' : 'PartlyPublished',",
    "'summary': $states.input, 'failed_at': $now() }) %}",
  ])
  _keep = var.dead_letter == null ? null : merge(
    {
      Type   = "Task"
      Output = "{% $states.input %}"
      Retry = [{
        ErrorEquals     = ["States.TaskFailed"]
        IntervalSeconds = 1
        BackoffRate     = 2
        MaxAttempts     = 8
        MaxDelaySeconds = 60
        JitterStrategy  = "FULL"
      }]
      # What failed has to fail all the same.
      Catch = [{ ErrorEquals = ["States.ALL"], Output = "{% $states.input %}", Next = "Settle" }]
      Next  = "Settle"
    },
    var.dead_letter.queue_url != null ? {
      Resource  = "arn:${local._partition}:states:::sqs:sendMessage"
      Arguments = { QueueUrl = var.dead_letter.queue_url, MessageBody = local._letter }
      } : {
      Resource  = "arn:${local._partition}:states:::sns:publish"
      Arguments = { TopicArn = var.dead_letter.topic_arn, Message = local._letter }
    },
  )
}

module "workflow" {
  source = "../state-machine"

  name       = var.name
  definition = jsonencode(local._workflow)
  logging    = var.logging
  tags       = var.tags

  # Who stops an execution knows it: no alarm.
  alarms = var.alarms == null ? null : { actions = var.alarms.actions, aborted = 0 }

  permissions = merge(local._permissions.workflow, { statements = concat(local._table_key_statements, var.statements) })
}
