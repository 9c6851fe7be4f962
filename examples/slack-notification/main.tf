terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "slack_trigger_url" {
  description = "URL of the webhook trigger of a Slack workflow with the variables `type` and `text`: https://hooks.slack.com/triggers/… Anybody with the URL can start that workflow, so it is kept only in Secrets Manager."
  type        = string
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = startswith(var.slack_trigger_url, "https://hooks.slack.com/triggers/")
    error_message = "slack_trigger_url begins with https://hooks.slack.com/triggers/: copy it from the workflow's trigger in Slack."
  }
}

# Write-only: the URL is in no plan and no state. To change it, raise
# secret_string_wo_version.
resource "aws_secretsmanager_secret" "slack_trigger_url" {
  name                    = "slack-notification-url"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "slack_trigger_url" {
  secret_id                = aws_secretsmanager_secret.slack_trigger_url.id
  secret_string_wo         = var.slack_trigger_url
  secret_string_wo_version = 1
}

# Slack checks only the URL, but an HTTP Task always has a connection.
# Elsewhere: source =
# "git::https://github.com/OWNER/terraform-aws-stepwire//modules/http-connection?ref=TAG"
module "connection" {
  source = "../../modules/http-connection"

  name          = "slack-notification"
  authorization = { api_key = { name = "X-Sent-By", value = "stepwire" } }
}

module "slack" {
  source = "../../modules/http-notifier"

  name                = "slack"
  preset              = "slack-workflow"
  connection_arn      = module.connection.arn
  endpoint_secret_arn = aws_secretsmanager_secret.slack_trigger_url.arn
}

module "workflow" {
  source = "../../modules/state-machine"

  name = "slack-notification"
  definition = jsonencode({
    QueryLanguage = "JSONata"
    StartAt       = "Compose"
    States = {
      Compose = {
        Type = "Pass"
        Output = {
          type = "notification"
          text = "{% $exists($states.input.text) ? $states.input.text : 'Hello from Step Functions' %}"
        }
        Next = "Notify"
      }
      Notify = merge(module.slack.task, { Next = "Done" })
      Done   = { Type = "Succeed" }
    }
  })

  # The secret has its value before anything can be sent.
  depends_on = [aws_secretsmanager_secret_version.slack_trigger_url]
}

output "start_arn" {
  description = "ARN of the workflow, which sends `text` of its input."
  value       = module.workflow.start_arn
}
