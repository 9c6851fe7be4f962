# The fields of the preset and of the URL, and the idempotency key where a preset has it.

locals {
  path_fields     = flatten(regexall("\\{([a-z][a-z0-9_]*)\\}", local.endpoint == null ? "" : local.endpoint))
  required_fields = try(local.preset.required, [])
  fields = distinct(concat(
    local.required_fields,
    try(local.preset.optional, []),
    local.path_fields,
    strcontains(jsonencode(local.preset), "$idempotency_key") ? ["idempotency_key"] : [],
  ))

  # The source of each, in JSONata.
  field_sources = merge(
    { for name in local.fields : name => "$states.input.${name}" if name != "idempotency_key" },
    {
      for name, value in var.fields : name => (
        startswith(value, "{%") ? "(${trimspace(trimsuffix(trimprefix(value, "{%"), "%}"))})" : jsonencode(value)
      )
    },
  )

  # A field that is longer than its API takes would lose the notification: it is cut.
  _limits = { for name, limit in try(local.preset.limits, {}) : name => limit if can(limit.max) }
  # A key that is cut could be another's: its hash takes its place.
  field_values = merge(local.field_sources, {
    for name, limit in local._limits : name => (
      name == "idempotency_key"
      ? "($key := $string(${local.field_sources[name]}); $length($key) > ${limit.max} ? $hash($key, 'SHA-256') : $key)"
      : "$Fit(${local.field_sources[name]}, ${limit.max}, '${try(limit.unit, "characters")}')"
    ) if can(local.field_sources[name])
  })
  cut_fields = [for name in keys(local._limits) : name if name != "idempotency_key"]

  # The functions, without comments and on one line. Their names begin with capital
  # letters, which no field does.
  fit = replace(
    replace(
      templatefile("${path.module}/workflow/fit.jsonata", {
        marks = join("", yamldecode(file("${path.module}/workflow/marks.yaml")))
      }),
      "/(?s)/\\*.*?\\*/\\s*/", ""
    ),
    "/\\s*\\n\\s*/", " "
  )
}
