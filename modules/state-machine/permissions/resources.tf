# ARNs of the filled templates, with the conditions under which they are granted.

locals {
  # Values that are no ARN yet, such as a queue's URL, become one. A form may
  # add a condition, or say that this resource is not needed.
  _normalized = {
    for template in distinct(local.filled_templates[*].template) : template => compact(concat(
      split("\n", try([
        for form in local.table.forms[split(":", template)[0]] : replace(
          split("\n", template)[0], "/^${split(":", template)[0]}:${form.match}$/", form.arn
        )
        if can(regex("^${split(":", template)[0]}:${form.match}$", split("\n", template)[0]))
      ][0], split("\n", template)[0])),
      slice(split("\n", template), 1, length(split("\n", template))),
    ))
  }

  # Only now where the machine is: it comes from data sources, and until they
  # are read all the above is done.
  _located = {
    for template, lines in local._normalized : template => [
      for line in lines : replace(
        replace(replace(replace(replace(
          line,
          "{partition}", var.machine.partition),
          "{region}", var.machine.region),
          "{account}", var.machine.account),
          "{name}", var.machine.name,
        ),
        "\u0001", "{"
      )
    ] if length(lines) > 0
  }
  _parsed = {
    for template, lines in local._located : template => {
      resource = lines[0]
      runtime = lines[0] == "*" || startswith(lines[0], "arn:") ? "" : join(" ", [
        trimprefix(lines[0], "${split(":", lines[0])[0]}:"), "does not tell",
      ])
      # { test, key, value }; one that anything meets is none.
      conditions = [
        for line in slice(lines, 1, length(lines)) : {
          test  = split(" ", line)[0]
          key   = split(" ", line)[1]
          value = replace(join(" ", slice(split(" ", line), 2, length(split(" ", line)))), "**", "*")
        } if !can(regex(" \\*+$", line))
      ]
    }
  }
  _named_resources = [
    for row in local.filled_templates : {
      call       = row.call
      grant      = row.grant
      actions    = local.grants[row.grant].actions
      resource   = local._parsed[row.template].resource
      conditions = local._parsed[row.template].conditions
      # Why the caller has to name the target; null where it is known.
      runtime = try(replace(coalesce(row.runtime, local._parsed[row.template].runtime), "\u0001", "{"), null)
    } if can(local._parsed[row.template])
  ]
  _named_grants = { for row in local._named_resources : row.grant => true... }

  # Grants whose arguments name nothing at all are as good as unknown, unless
  # the call then touches nothing.
  resources = concat(local._named_resources, [
    for number, grant in local.grants : {
      call       = grant.call
      grant      = number
      actions    = grant.actions
      resource   = grant.touches_any ? "*" : split("\n", grant.templates[0])[0]
      conditions = []
      runtime    = grant.touches_any ? null : "its arguments name none"
    } if !grant.optional && length(grant.templates) > 0 && !can(local._named_grants[number])
  ])
}
