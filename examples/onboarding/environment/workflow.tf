# The workflow: screen, approve, store, invite, notify; and an alert where a
# state fails.

# Elsewhere: source =
# "git::https://github.com/OWNER/terraform-aws-stepwire//modules/lambda-function?ref=TAG"
module "screen" {
  source = "../../../modules/lambda-function"

  name                  = "${var.name}-screen"
  handler               = "screen.handler"
  package               = var.screening_package
  environment           = { WATCHED_COUNTRIES = join(",", var.watched_countries) }
  kms_key_arn           = aws_kms_key.this.arn
  log_retention_in_days = var.log_retention_in_days
  permissions           = local.permissions
}

module "workflow" {
  source = "../../../modules/state-machine"

  name        = var.name
  alias       = { name = "live", routing_managed_by = "ROLLOUT" }
  alarms      = { failed = 1 }
  kms_key_arn = aws_kms_key.this.arn
  logging = {
    retention_in_days = var.log_retention_in_days
    kms_key_arn       = aws_kms_key.this.arn
  }

  permissions = merge(local.permissions, {
    retained_definitions = var.retained_definitions

    # A definition does not show which resources are encrypted.
    statements = [{
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [aws_kms_key.this.arn]
      conditions = {
        StringEquals = {
          "kms:ViaService" = [
            for service in ["dynamodb", "s3", "secretsmanager", "sqs"] :
            "${service}.${data.aws_region.this.name}.amazonaws.com"
          ]
        }
      }
    }]
  })

  definition = jsonencode({
    Comment       = "From a customer's request to the invitations of its members"
    QueryLanguage = "JSONata"
    StartAt       = "Screen"
    States = {
      Screen = merge(module.screen.task, {
        Next  = "Approve"
        Catch = local.alert_on_call
      })

      Approve = merge(module.approval.task, {
        # Later states need the customer; this state's output is the decision.
        Assign = { customer = "{% $states.input %}" }
        Next   = "IsApproved"
        Catch  = local.alert_on_call
      })

      IsApproved = {
        Type = "Choice"
        Choices = [{
          Condition = "{% $states.input.decision = 'approve' %}"
          Next      = "StoreCustomer"
        }]
        Output  = { text = "{% $customer.company & ' was not taken on: ' & $states.input.decision %}" }
        Default = "NotifyRejected"
      }

      StoreCustomer = {
        Type     = "Task"
        Resource = "arn:${data.aws_partition.this.partition}:states:::dynamodb:putItem"
        Arguments = {
          TableName = aws_dynamodb_table.customers.name
          Item = {
            customer_id = { S = "{% $customer.customer_id %}" }
            company     = { S = "{% $customer.company %}" }
            country     = { S = "{% $customer.country %}" }
            seats       = { N = "{% $string($customer.seats) %}" }
            risk        = { S = "{% $customer.risk %}" }
            approved_by = { S = "{% $join($states.input.votes[decision = 'approve'].approver, ', ') %}" }
          }
        }
        Retry = local.retry
        Catch = local.alert_on_call
        Next  = "QueueInvitations"
      }

      # A child execution for each batch: a file may have millions of lines.
      QueueInvitations = {
        Type           = "Map"
        MaxConcurrency = var.invitations_at_once
        ItemReader = {
          Resource     = "arn:${data.aws_partition.this.partition}:states:::s3:getObject"
          ReaderConfig = { InputType = "CSV", CSVHeaderLocation = "FIRST_ROW" }
          Arguments = {
            Bucket = aws_s3_bucket.members.id
            Key    = "{% $customer.customer_id & '/members.csv' %}"
          }
        }
        # A child execution does not see the variables of its parent.
        ItemSelector = {
          customer_id = "{% $customer.customer_id %}"
          company     = "{% $customer.company %}"
          member      = "{% $states.context.Map.Item.Value %}"
        }
        ItemProcessor = {
          ProcessorConfig = { Mode = "DISTRIBUTED", ExecutionType = "EXPRESS" }
          StartAt         = "QueueInvitation"
          States = {
            QueueInvitation = {
              Type     = "Task"
              Resource = "arn:${data.aws_partition.this.partition}:states:::sqs:sendMessage"
              Arguments = {
                QueueUrl    = aws_sqs_queue.invitations.url
                MessageBody = "{% $string($states.input) %}"
              }
              Retry  = local.retry
              Output = {}
              End    = true
            }
          }
        }
        Output = { text = "{% $customer.company & ' is on board: ' & $string($count($states.result)) & ' invitations' %}" }
        Catch  = local.alert_on_call
        Next   = "NotifyAccepted"
      }

      NotifyAccepted = merge(module.slack.task, { Next = "Accepted", Catch = local.alert_on_call })
      NotifyRejected = merge(module.slack.task, { Next = "Rejected", Catch = local.alert_on_call })
      Accepted       = { Type = "Succeed", Output = { result = "on board" } }
      Rejected       = { Type = "Succeed", Output = { result = "turned down" } }

      AlertOnCall = merge(module.pagerduty.task, { Assign = { failure = "{% $states.input %}" }, Next = "Failed" })
      Failed      = { Type = "Fail", Error = "OnboardingFailed", Cause = "{% $failure.Error & ': ' & $failure.Cause %}" }
    }
  })
}

locals {
  # The same object fits every module.
  permissions = { boundary_arn = var.permissions_boundary_arn }

  alert_on_call = [{ ErrorEquals = ["States.ALL"], Next = "AlertOnCall" }]

  retry = [{
    ErrorEquals     = ["States.ALL"]
    IntervalSeconds = 1
    BackoffRate     = 2
    MaxAttempts     = 4
    JitterStrategy  = "FULL"
  }]
}

# A changed definition is a new version, which a part of the executions gets
# first.
module "rollout" {
  source = "../../../modules/rollout"

  name        = "${var.name}-rollout"
  alias_arn   = module.workflow.alias_arn
  strategy    = { canary = var.canary }
  alarm_names = values(module.workflow.alarm_names)
  logging     = { retention_in_days = var.log_retention_in_days }
  permissions = local.permissions
}
