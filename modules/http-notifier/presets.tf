# The preset, and the endpoint.

locals {
  presets = yamldecode(file("${path.module}/presets.yaml"))
  preset  = try(local.presets[var.preset], {})

  endpoint = var.endpoint != null ? var.endpoint : try(local.preset.endpoint, local.preset.secret_endpoint, null)
  host     = try(regex("^[A-Za-z]+://(?:[^/?#]*@)?([^/?#:]+)", local.endpoint)[0], "")

  # Known before a secret's ARN is, for presets whose URL is one.
  is_url_secret = can(local.preset.secret_endpoint) ? true : var.endpoint_secret_arn != null

  forbidden_headers = "^(${join("|", yamldecode(file("${path.module}/../http-connection/request/forbidden_headers.yaml")))})$"
}
