# The function behind the route: verifies, asks Sanity, makes a post, starts.

module "initiator" {
  source = "../lambda-function"

  name    = "${var.name}-initiator"
  handler = "webhook_publisher.initiate.handler"
  package = local._package
  # The SDK's import is the most of a cold start, and takes a processor.
  memory_size = 512
  # API Gateway gives up after as long.
  timeout               = 29
  reserved_concurrency  = var.reserved_concurrency == -1 ? null : var.reserved_concurrency
  alarms                = local._function_alarms
  log_retention_in_days = var.logging.retention_in_days
  vpc                   = var.vpc
  permissions           = local._permissions.initiator
  tags                  = var.tags

  environment = merge(concat(
    [{
      SOURCE                 = replace(local._sender, "_", "-")
      SIGNING_SECRET_ARN     = var.sender.signing_secret_arn
      SIGNATURE_TOLERANCE_MS = tostring(var.sender.tolerance_ms)
      STATE_MACHINE_ARN      = local._state_machine_arn
    }],
    [
      for sanity in [var.sender.sanity] : {
        CANONICAL_URL           = var.sender.canonical_url
        SANITY_PROJECT_ID       = sanity.project_id
        SANITY_DATASET          = sanity.dataset
        SANITY_DOCUMENT_TYPE    = sanity.document_type
        SANITY_API_URL          = coalesce(sanity.api_url, "https://${sanity.project_id}.api.sanity.io")
        SANITY_API_VERSION      = sanity.api_version
        SANITY_TOKEN_SECRET_ARN = sanity.token_secret_arn == null ? "" : sanity.token_secret_arn
        SANITY_QUERY            = sanity.query
      } if sanity != null
    ],
  )...)

  statements = concat(
    [
      {
        actions    = ["secretsmanager:GetSecretValue"]
        resources  = compact([var.sender.signing_secret_arn, try(var.sender.sanity.token_secret_arn, null)])
        conditions = {}
      },
      {
        actions    = ["states:StartExecution"]
        resources  = [local._state_machine_arn]
        conditions = {}
      },
    ],
    [
      for arns in [var.sender.kms_key_arns] : {
        actions    = ["kms:Decrypt"]
        resources  = arns
        conditions = { StringEquals = { "kms:ViaService" = ["secretsmanager.${local._region}.amazonaws.com"] } }
      } if length(arns) > 0
    ],
  )
}
