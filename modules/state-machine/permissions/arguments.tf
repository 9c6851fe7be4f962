# Fills the templates with what the calls' arguments say. integrations.yaml
# tells what a placeholder means.

locals {
  _placeholder = "\\{([A-Z][A-Za-z0-9.@]*)(?:\\|([^}]*))?\\}"

  # Stand for an argument that is absent, and for one known only at run time.
  _absent  = "\u0002"
  _runtime = "\u0003"

  # Each template once: the texts around its placeholders, and those.
  _shapes = {
    for template in distinct(local._rows[*].template) : template => {
      texts = split("\u0001", replace(template, "/${local._placeholder}/", "\u0001"))
      holes = [
        for found in regexall(local._placeholder, template) : {
          name     = found[0]
          path     = split(".", found[0])
          fallback = found[1] == null ? "" : found[1]
          absent = (
            found[1] == null || try(contains(["~", "?", "+", "any"], found[1]), false) ? local._absent :
            found[1] == "all" ? "*" : found[1]
          )
        }
      ]
    }
  }

  # Down each path, one name at a time. A list on the way is each of its
  # elements, "@" the keys of an object. "" is an argument that is absent,
  # "{% … %}" one that is known only at run time, however it is written:
  # "TopicArn.$": "$.topic" or "TopicArn": "{% $topic %}".
  _holes = flatten([
    for number, row in local._rows : [
      for hole in local._shapes[row.template].holes :
      merge(hole, { row = number, call = row.call })
    ]
  ])
  _step_1 = [
    for hole in local._holes : flatten([
      for value in [local._calls[hole.call].arguments] : try(
        value[hole.path[0]],
        "{% ${value["${hole.path[0]}.$"]} %}",
        regex("(?s)^\\{%.*", value),
        "",
      )
    ])
  ]
  _step_2 = {
    for number, hole in local._holes : number => flatten([
      for value in local._step_1[number] : try(
        { "@" = keys(value) }[hole.path[1]],
        value[hole.path[1]],
        "{% ${value["${hole.path[1]}.$"]} %}",
        regex("(?s)^\\{%.*", value),
        "",
      )
    ]) if length(hole.path) > 1
  }
  _step_3 = {
    for number, hole in local._holes : number => flatten([
      for value in local._step_2[number] : try(
        value[hole.path[2]],
        "{% ${value["${hole.path[2]}.$"]} %}",
        regex("(?s)^\\{%.*", value),
        "",
      )
    ]) if length(hole.path) > 2
  }

  # What stands in each hole: one text for each value.
  _values = [
    for number, hole in local._holes : distinct([
      for value in lookup(local._step_3, number, lookup(local._step_2, number, local._step_1[number])) :
      try(coalesce(tostring(value)), "")
    ])
  ]
  _own = "{partition}:states:{region}:{account}"
  _known = merge([
    for context in ["$$", "$states.context"] : {
      "${context}.StateMachine.Id"   = "arn:${local._own}:stateMachine:{name}"
      "${context}.StateMachine.Name" = "{name}"
      "${context}.Execution.Id"      = "arn:${local._own}:execution:{name}:*"
    }
  ]...)
  _fillings = [
    for number, hole in local._holes : concat(
      [for value in local._values[number] : hole.absent if value == ""],
      # A brace of a value is not one of a template, nor a line of it a condition.
      [for value in local._values[number] : replace(replace(value, "{", "\u0001"), "\n", " ") if value != "" && !startswith(value, "{%")],
      [
        for expression in [
          for value in local._values[number] : trimspace(trimsuffix(trimprefix(value, "{%"), "%}"))
          if startswith(value, "{%")
          ] : try(
          # What is written as an expression may be a constant,
          local._known[expression],
          replace(regex("^'([^']*)'$", expression)[0], "{", "\u0001"),
          replace(regex("^\"([^\"]*)\"$", expression)[0], "{", "\u0001"),
          # or begin with one,
          [
            for beginning in [try(
              regex("^States\\.Format\\( *'([^'{\\\\]*)", expression)[0],
              regex("^'([^'{\\\\]*)' *&", expression)[0],
              regex("^\"([^\"{\\\\]*)\" *&", expression)[0],
              "",
            )] : "${beginning}*"
            if contains(["*", "~"], hole.fallback) || (
              hole.fallback == "+" && beginning != ""
              ) || (
              hole.fallback == "?" && can(regex("^([a-z0-9]+://)?[^/:]+/", beginning))
            )
          ][0],
          # or be known to a run alone.
          "${local._runtime}${hole.name} is ${replace(expression, "{", "\u0001")}",
        )
      ],
    )
  ]
  _of_row = {
    for number, hole in local._holes : hole.row => local._fillings[number]...
  }

  # { call, grant, template, runtime } for each combination of values. Without
  # the argument there is no such resource.
  _filled = flatten([
    for number, row in local._rows : [
      for fillings in try(setproduct([""], local._of_row[number]...), [[""]]) : {
        call  = row.call
        grant = row.grant
        # Why the caller has to say what it is; "" where that is known.
        runtime = contains(["unlisted", "given"], split("\n", row.template)[0]) ? split("\n", row.template)[0] : join("", slice(concat(
          [for filling in fillings : trimprefix(filling, local._runtime) if startswith(filling, local._runtime)],
          [""],
        ), 0, 1))
        template = anytrue([for filling in fillings : startswith(filling, local._runtime)]) ? row.template : join("", concat(
          # An ARN says by itself all that stands before it.
          [for text in [local._shapes[row.template].texts[0]] : text if !(
            startswith(text, "arn:") && !strcontains(text, "\n") && startswith(element(fillings, 1), "arn:")
          )],
          flatten([
            for index, text in slice(local._shapes[row.template].texts, 1, length(local._shapes[row.template].texts)) :
            [fillings[index + 1], text]
          ]),
        ))
      } if !contains(fillings, local._absent)
    ]
  ])
}

locals {
  # Values that are no ARN yet, such as a queue's URL, become one. A form may
  # add a condition, or say that this resource is not needed.
  _formed = {
    for template in distinct(local._filled[*].template) : template => compact(concat(
      split("\n", try([
        for form in local._table.forms[split(":", template)[0]] : replace(
          split("\n", template)[0], "/^${split(":", template)[0]}:${form.match}$/", form.arn
        )
        if can(regex("^${split(":", template)[0]}:${form.match}$", split("\n", template)[0]))
      ][0], split("\n", template)[0])),
      slice(split("\n", template), 1, length(split("\n", template))),
    ))
  }

  # Only now where the machine is: it comes from data sources, and until they
  # are read all the above is done.
  _placed = {
    for template, lines in local._formed : template => [
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
  _read = {
    for template, lines in local._placed : template => {
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
  _named = [
    for row in local._filled : {
      call       = row.call
      grant      = row.grant
      actions    = local._grants[row.grant].actions
      resource   = local._read[row.template].resource
      conditions = local._read[row.template].conditions
      # Why the caller has to name the target; null where it is known.
      runtime = try(replace(coalesce(row.runtime, local._read[row.template].runtime), "\u0001", "{"), null)
    } if can(local._read[row.template])
  ]
  _answered = { for row in local._named : row.grant => true... }

  # Grants whose arguments name nothing at all are as good as unknown, unless
  # the call then touches nothing.
  _resources = concat(local._named, [
    for number, grant in local._grants : {
      call       = grant.call
      grant      = number
      actions    = grant.actions
      resource   = grant.touches_any ? "*" : split("\n", grant.templates[0])[0]
      conditions = []
      runtime    = grant.touches_any ? null : "its arguments name none"
    } if !grant.optional && length(grant.templates) > 0 && !can(local._answered[number])
  ])
}
