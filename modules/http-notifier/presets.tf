# The preset, and what the variables say instead of it.

locals {
  _presets = yamldecode(file("${path.module}/presets.yaml"))
  _preset  = try(local._presets[var.preset], {})

  _endpoint = var.endpoint != null ? var.endpoint : try(local._preset.endpoint, local._preset.secret_endpoint, null)
  _host     = try(regex("^[A-Za-z]+://(?:[^/?#]*@)?([^/?#:]+)", local._endpoint)[0], "")
  _method   = coalesce(var.method, try(local._preset.method, null), "POST")

  # Known before a secret's ARN is, for presets whose URL is one.
  _is_url_secret = can(local._preset.secret_endpoint) ? true : var.endpoint_secret_arn != null

  # Fields: of the preset, of the URL, and the key where the preset uses it.
  _path_fields = flatten(regexall("\\{([a-z][a-z0-9_]*)\\}", local._endpoint == null ? "" : local._endpoint))
  _needs       = try(local._preset.needs, [])
  _uses_key    = strcontains(jsonencode(local._preset), "$idempotency_key")
  _field_names = distinct(concat(
    local._needs,
    try(local._preset.takes, []),
    local._path_fields,
    local._uses_key ? ["idempotency_key"] : [],
  ))

  # Where each comes from, as JSONata.
  _sources = merge(
    { for name in local._field_names : name => "$states.input.${name}" if name != "idempotency_key" },
    {
      for name, value in var.fields : name => (
        startswith(value, "{%") ? "(${trimspace(trimsuffix(trimprefix(value, "{%"), "%}"))})" : jsonencode(value)
      )
    },
  )

  # Step Functions answers States.Runtime to these (Call HTTPS APIs in Step Functions
  # workflows, "HTTP Task definition").
  _forbidden_headers = join("", ["^(", join("|", [
    "a-im", "accept-charset", "accept-datetime", "accept-encoding", "authorization",
    "cache-control", "connection", "content-encoding", "content-md5", "date", "expect",
    "forwarded", "from", "host", "http2-settings", "if-.*", "max-forwards", "origin",
    "pragma", "proxy-authorization", "range", "referer", "server", "te", "trailer",
    "transfer-encoding", "upgrade", "user-agent", "via", "warning", "x-forwarded-.*",
    "x-amz-.*", "x-amzn-.*",
  ]), ")$"])
}
