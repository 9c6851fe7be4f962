# The state machine: sends its input, waits as long as a 429 asks for, and keeps what
# could not be sent.

locals {
  _definition = {
    Comment       = "Sends its input to ${local._host}"
    QueryLanguage = "JSONata"
    StartAt       = "Begin"
    States = merge(
      {
        Begin = {
          Type   = "Pass"
          Assign = { tries = 0 }
          Next   = local._is_url_secret ? "ReadUrl" : "Send"
        }

        Send = merge(
          local._send.machine,
          length(local._retry_but_throttled) > 0 ? { Retry = local._retry_but_throttled } : null,
          {
            Catch = [
              merge(local._give_up, {
                ErrorEquals = local._errors.throttled
                Assign = merge(local._give_up.Assign, {
                  tries = "{% $tries + 1 %}"
                  pause = local._pause
                })
                Next = "IsTriedAgain"
              }),
              local._give_up,
            ]
            End = true
          },
        )

        IsTriedAgain = {
          Type = "Choice"
          Choices = [{
            Condition = "{% $tries <= ${var.retry.throttled.max_attempts} and $pause <= ${var.retry.throttled.max_delay_seconds} %}"
            Next      = "Pause"
          }]
          Default = local._undelivered
        }

        Pause = {
          Type    = "Wait"
          Seconds = "{% $pause %}"
          Next    = "Send"
        }

        (local._end) = local._ends[local._end]
      },
      local._is_url_secret ? {
        ReadUrl = merge(local._read_url, {
          Catch = [local._give_up]
          Next  = "Send"
        })
      } : null,
      local._dead_letter == null ? null : { Keep = local._keep },
    )
  }

  # An API's answer begins with what matters; an expression's error is quoted first and
  # ends with it.
  _cause = "{% ($cause := $exists($states.errorOutput.Cause) ? $string($states.errorOutput.Cause) : ''; $length($cause) > 1000 ? $substring($cause, 0, 500) & ' … ' & $substring($cause, -500) : $cause) %}"

  _give_up = {
    ErrorEquals = ["States.ALL"]
    Assign = {
      failure = {
        error = "{% $states.errorOutput.Error %}"
        cause = local._cause
      }
    }
    Output = "{% $states.input %}"
    Next   = local._undelivered
  }

  # How long the other side asks for, where the cause says so (it is the answer's text:
  # a Retry-After that is only a header is not in it); else up to twice as long as
  # before, at random.
  _pause = join("", [
    "{% ($asked := $match($string($states.errorOutput.Cause), /(?:retry[-_ ]?after|try again in)[^A-Za-z0-9]*([0-9]+)/i, 1)[0].groups[0]; ",
    "$exists($asked) ? $number($asked) + 1 : ",
    "$max([1, $ceil($random() * $min([${var.retry.throttled.max_delay_seconds}, ${var.retry.throttled.interval_seconds} * $power(2, $tries)]))])) %}",
  ])

  # Not by try(…), which does not know whether an object is null that holds an ARN of a
  # resource that is not there yet.
  _dead_letter = var.state_machine == null ? null : var.state_machine.dead_letter
  _heartbeat   = var.state_machine == null ? null : var.state_machine.heartbeat
  _undelivered = local._dead_letter == null ? local._end : "Keep"
  _letter      = "{% $string({'notifier': '${var.name}', 'execution_arn': $states.context.Execution.Id, 'input': $states.input, 'error': $failure.error, 'cause': $failure.cause, 'failed_at': $now()}) %}"

  _keep = local._dead_letter == null ? null : merge(
    {
      Type = "Task"
      Retry = [{
        ErrorEquals     = ["States.TaskFailed"]
        IntervalSeconds = 1
        BackoffRate     = 2
        MaxAttempts     = 8
        MaxDelaySeconds = 60
        JitterStrategy  = "FULL"
      }]
      Next = local._end
    },
    local._dead_letter.queue_url != null ? {
      Resource  = "arn:${data.aws_partition.this.partition}:states:::sqs:sendMessage"
      Arguments = { QueueUrl = local._dead_letter.queue_url, MessageBody = local._letter }
      } : {
      Resource  = "arn:${data.aws_partition.this.partition}:states:::sns:publish"
      Arguments = { TopicArn = local._dead_letter.topic_arn, Message = local._letter }
    },
  )

  _end = try(var.state_machine.after_last_try, "FAIL") == "FAIL" ? "Failed" : "NotSent"
  _ends = {
    Failed = {
      Type  = "Fail"
      Error = "{% $failure.error %}"
      Cause = "{% $failure.cause %}"
    }
    NotSent = {
      Type   = "Pass"
      Output = { sent = false, error = "{% $failure.error %}", cause = "{% $failure.cause %}" }
      End    = true
    }
  }
}

module "machine" {
  source = "../state-machine"
  count  = var.state_machine == null ? 0 : 1

  name        = var.name
  definition  = jsonencode(local._definition)
  alarms      = var.state_machine.alarms
  kms_key_arn = var.state_machine.kms_key_arn
  tags        = var.tags

  permissions = merge(var.permissions, { statements = var.state_machine.statements })

  logging = {
    level             = var.state_machine.logging.level
    retention_in_days = var.state_machine.logging.retention_in_days
  }
}

# An execution that succeeds is a notification that was sent.
resource "aws_cloudwatch_metric_alarm" "heartbeat" {
  count = local._heartbeat == null ? 0 : 1

  alarm_name          = "${var.name}-heartbeat"
  alarm_description   = "${var.name} sent nothing in ${local._heartbeat.hours} h"
  namespace           = "AWS/States"
  metric_name         = "ExecutionsSucceeded"
  dimensions          = { StateMachineArn = module.machine[0].arn }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = local._heartbeat.hours
  threshold           = 1
  comparison_operator = "LessThanThreshold"
  # Hours without an execution are what it is about.
  treat_missing_data = "breaching"
  alarm_actions      = local._heartbeat.actions
  ok_actions         = local._heartbeat.actions
  tags               = var.tags
}
