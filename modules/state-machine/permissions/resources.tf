# ARNs of the filled templates, with the conditions of their grants.

locals {
  # Values that are not ARNs, such as a queue's URL, become ARNs. A form may
  # add a condition, or drop a resource that is not needed.
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

  # Partition, region and account come last: they are from data sources, and
  # all of the above is known before those are read.
  _resolved = {
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
    for template, lines in local._resolved : template => {
      resource = lines[0]
      runtime = lines[0] == "*" || startswith(lines[0], "arn:") ? "" : join(" ", [
        trimprefix(lines[0], "${split(":", lines[0])[0]}:"), "does not tell",
      ])
      # { test, key, value }, without conditions that any value meets.
      conditions = [
        for line in slice(lines, 1, length(lines)) : {
          test  = split(" ", line)[0]
          key   = split(" ", line)[1]
          value = replace(join(" ", slice(split(" ", line), 2, length(split(" ", line)))), "**", "*")
        } if !can(regex(" \\*+$", line))
      ]
    }
  }
  _resolved_resources = [
    for row in local.filled_templates : {
      call       = row.call
      grant      = row.grant
      actions    = local.grants[row.grant].actions
      resource   = local._parsed[row.template].resource
      conditions = local._parsed[row.template].conditions
      # Reason why the caller has to name the target; null where it is known.
      runtime = try(replace(coalesce(row.runtime, local._parsed[row.template].runtime), "\u0001", "{"), null)
    } if can(local._parsed[row.template])
  ]
  _resolved_grants = { for row in local._resolved_resources : row.grant => true... }

  # The target of a grant is unknown where the arguments name none, unless the
  # call then needs no resource.
  resources = concat(local._resolved_resources, [
    for number, grant in local.grants : {
      call       = grant.call
      grant      = number
      actions    = grant.actions
      resource   = grant.touches_any ? "*" : split("\n", grant.templates[0])[0]
      conditions = []
      runtime    = grant.touches_any ? null : "its arguments name none"
    } if !grant.optional && length(grant.templates) > 0 && !can(local._resolved_grants[number])
  ])
}
