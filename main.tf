# The systems, each behind one object variable. This file only composes
# modules.

module "order_approval" {
  source = "./modules/order-approval"
  count  = var.order_approval == null ? 0 : 1

  name                = var.order_approval.name
  approval_threshold  = var.order_approval.approval_threshold
  decision_timeout    = var.order_approval.decision_timeout
  retention_in_days   = var.order_approval.retention_in_days
  process_task        = var.order_approval.process_task
  authorization       = var.order_approval.authorization
  stage_name          = var.order_approval.stage_name
  throttle            = var.order_approval.throttle
  kms_key_arn         = var.order_approval.kms_key_arn
  deletion_protection = var.order_approval.deletion_protection
  logging             = var.order_approval.logging
  permissions         = var.order_approval.permissions
  tags                = var.tags
}

module "http_notifier" {
  source = "./modules/http-notifier"
  count  = var.http_notifier == null ? 0 : 1

  name                = var.http_notifier.name
  preset              = var.http_notifier.preset
  connection_arn      = var.http_notifier.connection_arn
  endpoint            = var.http_notifier.endpoint
  endpoint_secret_arn = var.http_notifier.endpoint_secret_arn
  fields              = var.http_notifier.fields
  method              = var.http_notifier.method
  headers             = var.http_notifier.headers
  query               = var.http_notifier.query
  body                = var.http_notifier.body
  form                = var.http_notifier.form
  retry               = var.http_notifier.retry
  state_machine       = var.http_notifier.state_machine
  permissions         = var.http_notifier.permissions
  tags                = var.tags
}

module "link_approval" {
  source = "./modules/link-approval"
  count  = var.link_approval == null ? 0 : 1

  name                 = var.link_approval.name
  approvers            = var.link_approval.approvers
  ses                  = var.link_approval.ses
  request              = var.link_approval.request
  choices              = var.link_approval.choices
  quorum               = var.link_approval.quorum
  comment              = var.link_approval.comment
  expires_in           = var.link_approval.expires_in
  on_expiry            = var.link_approval.on_expiry
  remind_every         = var.link_approval.remind_every
  escalate_to          = var.link_approval.escalate_to
  escalate_after       = var.link_approval.escalate_after
  language             = var.link_approval.language
  texts                = var.link_approval.texts
  retention_in_days    = var.link_approval.retention_in_days
  link_key_version     = var.link_approval.link_key_version
  kms_key_arn          = var.link_approval.kms_key_arn
  deletion_protection  = var.link_approval.deletion_protection
  reserved_concurrency = var.link_approval.reserved_concurrency
  logging              = var.link_approval.logging
  alarms               = var.link_approval.alarms
  package              = local.package
  permissions          = var.link_approval.permissions
  vpc                  = var.link_approval.vpc
  tags                 = var.tags
}

module "webhook_publisher" {
  source = "./modules/webhook-publisher"
  count  = var.webhook_publisher == null ? 0 : 1

  name                 = var.webhook_publisher.name
  sender               = var.webhook_publisher.sender
  destinations         = var.webhook_publisher.destinations
  stage_name           = var.webhook_publisher.stage_name
  throttle             = var.webhook_publisher.throttle
  cors                 = var.webhook_publisher.cors
  reserved_concurrency = var.webhook_publisher.reserved_concurrency
  retention_in_days    = var.webhook_publisher.retention_in_days
  summary_task         = var.webhook_publisher.summary_task
  dead_letter          = var.webhook_publisher.dead_letter
  statements           = var.webhook_publisher.statements
  kms_key_arn          = var.webhook_publisher.kms_key_arn
  deletion_protection  = var.webhook_publisher.deletion_protection
  logging              = var.webhook_publisher.logging
  alarms               = var.webhook_publisher.alarms
  package              = local.package
  permissions          = var.webhook_publisher.permissions
  vpc                  = var.webhook_publisher.vpc
  tags                 = var.tags
}

# One S3 object for the functions of all systems.
module "package" {
  source = "./modules/lambda-package"
  count  = var.package == null && (var.link_approval != null || var.webhook_publisher != null) ? 1 : 0

  tags = var.tags
}

locals {
  package = var.package == null ? one(module.package[*].package) : var.package
}
