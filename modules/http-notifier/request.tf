# The request: the preset's, and what the variables add and replace.

locals {
  method       = coalesce(var.method, try(local.preset.method, null), "POST")
  array_format = var.form != null ? var.form.array_format : try(local.preset.form, null)
  headers = merge(
    local.array_format == null ? null : { "Content-Type" = "application/x-www-form-urlencoded" },
    {
      for name, value in try(local.preset.headers, {}) : name => value
      if !contains([for other in keys(var.headers) : lower(other)], lower(name))
    },
    var.headers,
  )
  query = merge(try(local.preset.query, {}), var.query)

  # A missing field is an error before anything is sent.
  _missing_fields = join("", [
    for name in local.required_fields :
    format("$not($exists($%s)) ? $error('%s: the input has no %s') : ", name, var.name, name)
    if !contains(local.path_fields, name)
  ])
  _preset_body = "{% ${local._missing_fields}${trimspace(try(local.preset.body, "$states.input"))} %}"

  # A JSON text of the caller's, or an expression.
  body = (
    var.body != null ? jsonencode(jsondecode(var.body)) :
    contains(["POST", "PUT", "PATCH"], local.method) ? local._preset_body :
    null
  )

  # Each expression, with the fields that it uses bound in front of it, and the functions
  # that cut them to their limits.
  _texts = distinct(concat(
    values(local.headers),
    values(local.query),
    local.body != null && var.body == null ? [local.body] : [],
  ))
  expressions = {
    for kind, key in local._idempotency_keys : kind => {
      for text in local._texts : text => !startswith(text, "{%") ? text : join("", flatten([
        "{% (",
        anytrue([for name in local.cut_fields : can(regex("[$]${name}\\b", text))]) ? local.fit : "",
        [
          for name, value in merge({ idempotency_key = key }, local.field_values) :
          format("$%s := %s; ", name, value) if can(regex("[$]${name}\\b", text))
        ],
        trimspace(trimsuffix(trimprefix(text, "{%"), "%}")),
        ") %}",
      ]))
    }
  }
  # One notification is a state's input in a workflow, and an execution here.
  _idempotency_keys = {
    task    = "$hash($states.context.Execution.Id & $states.context.State.Name & $string($states.input), 'SHA-256')"
    machine = "$hash($states.context.Execution.Id, 'SHA-256')"
  }
}
