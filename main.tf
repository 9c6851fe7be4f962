# The systems, each behind one object variable. Nothing here but composition:
# what a system does is in its module.

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
  tags                = var.tags
}
