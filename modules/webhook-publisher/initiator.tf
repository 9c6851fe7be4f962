# The function behind the route: verifies a webhook, reads the document from Sanity, makes
# a post of it, starts the workflow.

module "initiator" {
  source = "../lambda-function"

  name    = "${var.name}-initiator"
  handler = "webhook_publisher.initiate.handler"
  package = local.package
  # The SDK's import is most of a cold start, and needs a processor.
  memory_size = 512
  # API Gateway's time-out.
  timeout               = 29
  reserved_concurrency  = var.reserved_concurrency == -1 ? null : var.reserved_concurrency
  alarms                = local.function_alarms
  log_retention_in_days = var.logging.retention_in_days
  vpc                   = var.vpc
  permissions           = local.permissions.initiator
  tags                  = var.tags

  environment = merge(
    {
      SOURCE                 = replace(local.sender, "_", "-")
      SIGNING_SECRET_ARN     = var.sender.signing_secret_arn
      SIGNATURE_TOLERANCE_MS = tostring(var.sender.tolerance_ms)
      STATE_MACHINE_ARN      = local.state_machine_arn
    },
    var.sender.sanity == null ? null : {
      CANONICAL_URL           = var.sender.canonical_url
      SANITY_PROJECT_ID       = var.sender.sanity.project_id
      SANITY_DATASET          = var.sender.sanity.dataset
      SANITY_DOCUMENT_TYPE    = var.sender.sanity.document_type
      SANITY_API_URL          = coalesce(var.sender.sanity.api_url, "https://${var.sender.sanity.project_id}.api.sanity.io")
      SANITY_API_VERSION      = var.sender.sanity.api_version
      SANITY_TOKEN_SECRET_ARN = var.sender.sanity.token_secret_arn == null ? "" : var.sender.sanity.token_secret_arn
      SANITY_QUERY            = var.sender.sanity.query
    },
  )

  statements = concat(
    [
      {
        actions    = ["secretsmanager:GetSecretValue"]
        resources  = compact([var.sender.signing_secret_arn, try(var.sender.sanity.token_secret_arn, null)])
        conditions = {}
      },
      {
        actions    = ["states:StartExecution"]
        resources  = [local.state_machine_arn]
        conditions = {}
      },
    ],
    length(var.sender.kms_key_arns) == 0 ? [] : [{
      actions    = ["kms:Decrypt"]
      resources  = var.sender.kms_key_arns
      conditions = { StringEquals = { "kms:ViaService" = ["secretsmanager.${local.region}.amazonaws.com"] } }
    }],
  )
}
