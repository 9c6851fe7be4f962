# The preset, and the endpoint.

locals {
  presets = yamldecode(file("${path.module}/presets.yaml"))
  preset  = try(local.presets[var.preset], {})

  endpoint = var.endpoint != null ? var.endpoint : try(local.preset.endpoint, local.preset.secret_endpoint, null)
  host     = try(regex("^[A-Za-z]+://(?:[^/?#]*@)?([^/?#:]+)", local.endpoint)[0], "")

  # Known before a secret's ARN is, for presets whose URL is one.
  is_url_secret = can(local.preset.secret_endpoint) ? true : var.endpoint_secret_arn != null

  # Step Functions answers States.Runtime to these (Call HTTPS APIs in Step Functions
  # workflows, "HTTP Task definition").
  forbidden_headers = join("", ["^(", join("|", [
    "a-im", "accept-charset", "accept-datetime", "accept-encoding", "authorization",
    "cache-control", "connection", "content-encoding", "content-md5", "date", "expect",
    "forwarded", "from", "host", "http2-settings", "if-.*", "max-forwards", "origin",
    "pragma", "proxy-authorization", "range", "referer", "server", "te", "trailer",
    "transfer-encoding", "upgrade", "user-agent", "via", "warning", "x-forwarded-.*",
    "x-amz-.*", "x-amzn-.*",
  ]), ")$"])
}
