# Approvals by people, and messages to Slack and PagerDuty.

# Elsewhere: source =
# "git::https://github.com/OWNER/terraform-aws-stepwire//modules/link-approval?ref=TAG"
module "approval" {
  source = "../../../modules/link-approval"

  name        = "${var.name}-approval"
  approvers   = var.approvers
  quorum      = var.quorum
  kms_key_arn = aws_kms_key.this.arn
  logging     = { retention_in_days = var.log_retention_in_days }
  package     = var.approval_package
  permissions = local.permissions

  request = {
    title = "{% 'Take on ' & $states.input.company & '?' %}"
    details = {
      Country = "{% $states.input.country %}"
      Seats   = "{% $string($states.input.seats) %}"
      Risk    = "{% $states.input.risk %}"
    }
  }

  choices = [
    { value = "approve", label = "Take them on", color = "green" },
    { value = "reject", label = "Turn them down", color = "red", veto = true },
  ]
}

module "slack_connection" {
  source = "../../../modules/http-connection"

  name        = "${var.name}-slack"
  kms_key_arn = aws_kms_key.this.arn
  authorization = {
    api_key = {
      name       = "Authorization"
      value_from = { secret_arn = var.slack.token_secret_arn, prefix = "Bearer " }
    }
  }
}

# `text` comes from the state before it: one notifier for every text.
module "slack" {
  source = "../../../modules/http-notifier"

  name           = "${var.name}-slack"
  preset         = "slack-web-api"
  connection_arn = module.slack_connection.arn
  fields         = { channel = var.slack.channel }
}

module "pagerduty_connection" {
  source = "../../../modules/http-connection"

  name        = "${var.name}-pagerduty"
  kms_key_arn = aws_kms_key.this.arn
  # PagerDuty ignores this header; a connection always has an authorization.
  authorization = { api_key = { name = "X-Sent-By", value = "stepwire", is_value_secret = false } }
  invocation_parameters = {
    body = { routing_key = { value_from = { secret_arn = var.pagerduty.routing_key_secret_arn } } }
  }
}

module "pagerduty" {
  source = "../../../modules/http-notifier"

  name           = "${var.name}-pagerduty"
  preset         = "pagerduty"
  connection_arn = module.pagerduty_connection.arn
  fields = {
    summary  = "{% 'Onboarding of ' & $states.context.Execution.Input.customer_id & ' failed: ' & $states.input.Error %}"
    source   = var.name
    severity = "error"
  }
}
