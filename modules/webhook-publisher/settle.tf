# Fails the execution of a post that is not everywhere, by the name of what became of it.
# A Fail state would fail again when the execution is redriven; this function returns
# then, and the workflow begins anew.

module "settle" {
  source = "../lambda-function"

  name    = "${var.name}-settle"
  handler = "webhook_publisher.settle.handler"
  package = local._package
  # It imports nothing.
  memory_size           = 128
  log_retention_in_days = var.logging.retention_in_days
  vpc                   = var.vpc
  permissions           = local._permissions.settle
  tags                  = var.tags
}
