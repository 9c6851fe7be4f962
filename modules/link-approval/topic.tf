# One message for each approver; a subscription gets those for its address. Where SES
# sends the e-mails, the topic is for further subscriptions.

resource "aws_sns_topic" "requests" {
  name              = var.name
  kms_master_key_id = coalesce(var.kms_key_arn, "alias/aws/sns")
  tags              = var.tags
}

# SNS sends an address nothing before it has confirmed its subscription.
resource "aws_sns_topic_subscription" "approver" {
  for_each = toset(var.ses != null ? [] : [
    for approver in concat(local.approvers, local.escalation) : approver.email
  ])

  topic_arn     = aws_sns_topic.requests.arn
  protocol      = "email"
  endpoint      = each.key
  filter_policy = jsonencode({ approver = [each.key] })
}
