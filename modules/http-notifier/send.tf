# The HTTP Task, in two kinds that differ in what one notification is: a state's input
# in a workflow of the caller's, a whole execution in a state machine of this module.

locals {
  _keys = {
    task    = "$hash($states.context.Execution.Id & $states.context.State.Name & $string($states.input), 'SHA-256')"
    machine = "$hash($states.context.Execution.Id, 'SHA-256')"
  }

  _form = var.form != null ? var.form.array_format : try(local._preset.form, null)
  _headers = merge(
    local._form == null ? null : { "Content-Type" = "application/x-www-form-urlencoded" },
    {
      for name, value in try(local._preset.headers, {}) : name => value
      if !contains([for other in keys(var.headers) : lower(other)], lower(name))
    },
    var.headers,
  )
  _query = merge(try(local._preset.query, {}), var.query)

  # What is missing is said before anything is sent.
  _checks = join("", [
    for name in local._needs :
    format("$not($exists($%s)) ? $error('%s: the input has no %s') : ", name, var.name, name)
    if !contains(local._path_fields, name)
  ])
  _body = (
    var.body != null ? var.body :
    contains(["POST", "PUT", "PATCH"], local._method) ? jsonencode("{% ${local._checks}${trimspace(try(local._preset.body, "$states.input"))} %}") :
    null
  )

  _problem = try(local._preset.problem, null)
  _record = join("", [
    "{ 'sent': true, 'to': '${local._host}', 'at': $now(), 'status': $states.result.StatusCode, ",
    can(local._preset.id) ? "'id': ${local._preset.id}, " : "",
    "'response': $response }",
  ])
  _result = join("", [
    "{% ($response := $states.result.ResponseBody; $headers := $states.result.Headers; ",
    local._problem == null ? local._record : join("", [
      "$problem := ${local._problem}; $problem = '' ? ${local._record} : ",
      "$error('${var.name}: ${local._host} refused it: ' & $problem)",
    ]),
    ") %}",
  ])

  _send = {
    for kind, key in local._keys : kind => {
      Type     = "Task"
      Resource = "arn:${data.aws_partition.this.partition}:states:::http:invoke"
      Arguments = merge(
        {
          ApiEndpoint      = local._is_url_secret ? local._secret_endpoint : local._composed_endpoint
          Method           = local._method
          InvocationConfig = { ConnectionArn = var.connection_arn }
        },
        length(local._headers) > 0 ? { Headers = { for name, value in local._headers : name => local._bound[kind][value] } } : null,
        length(local._query) > 0 ? { QueryParameters = { for name, value in local._query : name => local._bound[kind][value] } } : null,
        local._body == null ? null : {
          RequestBody = jsondecode(var.body != null ? local._body : jsonencode(local._bound[kind][jsondecode(local._body)]))
        },
        local._form == null ? null : {
          Transform = {
            RequestBodyEncoding    = "URL_ENCODED"
            RequestEncodingOptions = { ArrayFormat = local._form }
          }
        },
      )
      Output = local._result
    }
  }

  # Expressions with the fields that they use bound in front of them.
  _texts = distinct(concat(
    values(local._headers), values(local._query),
    local._body != null && var.body == null ? [jsondecode(local._body)] : [],
  ))
  _bound = {
    for kind, key in local._keys : kind => {
      for text in local._texts : text => !startswith(text, "{%") ? text : join("", flatten([
        "{% (",
        anytrue([for name in keys(local._limits) : can(regex("[$]${name}\\b", text)) && name != "idempotency_key"]) ? local._fit : "",
        [
          for name, source in merge({ idempotency_key = key }, local._fitted_sources) :
          format("$%s := %s; ", name, source) if can(regex("[$]${name}\\b", text))
        ],
        trimspace(trimsuffix(trimprefix(text, "{%"), "%}")),
        ") %}",
      ]))
    }
  }
}
