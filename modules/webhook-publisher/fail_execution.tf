# Fails the execution of a post that is not everywhere, with its outcome as the error. A Fail
# state would fail again when the execution is redriven. This function then returns, and the
# workflow starts over.

module "fail_execution" {
  source = "../lambda-function"

  name    = "${var.name}-fail-execution"
  handler = "webhook_publisher.fail_execution.handler"
  package = local.package
  # It imports nothing.
  memory_size           = 128
  log_retention_in_days = var.logging.retention_in_days
  vpc                   = var.vpc
  permissions           = local.permissions.fail_execution
  tags                  = var.tags
}
