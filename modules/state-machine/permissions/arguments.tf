# Templates of resources, filled with the arguments of the calls.
# integrations.yaml explains the placeholders.

locals {
  placeholder = "\\{([A-Z][A-Za-z0-9.@]*)(?:\\|([^}]*))?\\}"

  # Marks for an argument that is absent, and for one known only at run time.
  _absent  = "\u0002"
  _runtime = "\u0003"

  # Each template once, as the texts around its placeholders and the
  # placeholders.
  _template_parts = {
    for template in distinct(local.rows[*].template) : template => {
      texts = split("\u0001", replace(template, "/${local.placeholder}/", "\u0001"))
      placeholders = [
        for found in regexall(local.placeholder, template) : {
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

  # Values at each depth of a placeholder's path. A list on the way stands for
  # each of its elements, "@" for the keys of an object. "" is an absent
  # argument. "{% … %}" is one known only at run time, in either language:
  # "TopicArn.$": "$.topic" or "TopicArn": "{% $topic %}".
  _placeholders = flatten([
    for number, row in local.rows : [
      for placeholder in local._template_parts[row.template].placeholders :
      merge(placeholder, { row = number, call = row.call })
    ]
  ])
  _depth_0 = [for placeholder in local._placeholders : [local.calls[placeholder.call].arguments]]
  _depth_1 = [
    for number, placeholder in local._placeholders : flatten([
      for value in local._depth_0[number] : try(
        value[placeholder.path[0]],
        "{% ${value["${placeholder.path[0]}.$"]} %}",
        regex("(?s)^\\{%.*", value),
        "",
      )
    ])
  ]
  _depth_2 = {
    for number, placeholder in local._placeholders : number => flatten([
      for value in local._depth_1[number] : try(
        { "@" = keys(value) }[placeholder.path[1]],
        value[placeholder.path[1]],
        "{% ${value["${placeholder.path[1]}.$"]} %}",
        regex("(?s)^\\{%.*", value),
        "",
      )
    ]) if length(placeholder.path) > 1
  }
  _depth_3 = {
    for number, placeholder in local._placeholders : number => flatten([
      for value in local._depth_2[number] : try(
        value[placeholder.path[2]],
        "{% ${value["${placeholder.path[2]}.$"]} %}",
        regex("(?s)^\\{%.*", value),
        "",
      )
    ]) if length(placeholder.path) > 2
  }

  # Texts of each placeholder: one for each value.
  _argument_texts = [
    for number, placeholder in local._placeholders : distinct([
      for value in lookup(local._depth_3, number, lookup(local._depth_2, number, local._depth_1[number])) :
      try(coalesce(tostring(value)), "")
    ])
  ]
  _account_scope = "{partition}:states:{region}:{account}"
  _context_values = merge([
    for context in ["$$", "$states.context"] : {
      "${context}.StateMachine.Id"   = "arn:${local._account_scope}:stateMachine:{name}"
      "${context}.StateMachine.Name" = "{name}"
      "${context}.Execution.Id"      = "arn:${local._account_scope}:execution:{name}:*"
    }
  ]...)

  # Expressions among these texts, and the constants with which they begin.
  _expressions = [
    for texts in local._argument_texts : [
      for text in texts : trimspace(trimsuffix(trimprefix(text, "{%"), "%}")) if startswith(text, "{%")
    ]
  ]
  _constant_prefixes = {
    for expression in distinct(flatten(local._expressions)) : expression => try(
      regex("^States\\.Format\\( *'([^'{\\\\]*)", expression)[0],
      regex("^'([^'{\\\\]*)' *&", expression)[0],
      regex("^\"([^\"{\\\\]*)\" *&", expression)[0],
      "",
    )
  }
  # Prefixes that are sufficient, by the placeholder's fallback: any, also an
  # empty one; any text; a bucket or a host, with its slash.
  _sufficient_prefixes = {
    "*" = "^"
    "~" = "^"
    "+" = "^."
    "?" = "^(?:[a-z0-9]+://)?[^/:]+/"
  }

  _placeholder_values = [
    for number, placeholder in local._placeholders : concat(
      [for value in local._argument_texts[number] : placeholder.absent if value == ""],
      # Braces and lines of a value are not placeholders and conditions.
      [for value in local._argument_texts[number] : replace(replace(value, "{", "\u0001"), "\n", " ") if value != "" && !startswith(value, "{%")],
      [
        for expression in local._expressions[number] : try(
          # A constant,
          local._context_values[expression],
          replace(regex("^'([^']*)'$", expression)[0], "{", "\u0001"),
          replace(regex("^\"([^\"]*)\"$", expression)[0], "{", "\u0001"),
          # or an expression that begins with one,
          "${regex("(?s)${local._sufficient_prefixes[placeholder.fallback]}.*", local._constant_prefixes[expression])}*",
          # or a value known only at run time.
          "${local._runtime}${placeholder.name} is ${replace(expression, "{", "\u0001")}",
        )
      ],
    )
  ]
  _values_by_row = {
    for number, placeholder in local._placeholders : placeholder.row => local._placeholder_values[number]...
  }

  # { call, grant, template, runtime } for each combination of values. An
  # absent argument names no resource.
  filled_templates = flatten([
    for number, row in local.rows : [
      for values in try(setproduct([""], local._values_by_row[number]...), [[""]]) : {
        call  = row.call
        grant = row.grant
        # Reason why the caller has to name the target; "" where it is known.
        runtime = contains(["unlisted", "given"], split("\n", row.template)[0]) ? split("\n", row.template)[0] : join("", slice(concat(
          [for value in values : trimprefix(value, local._runtime) if startswith(value, local._runtime)],
          [""],
        ), 0, 1))
        template = anytrue([for value in values : startswith(value, local._runtime)]) ? row.template : join("", concat(
          # An ARN replaces the text before it.
          startswith(local._template_parts[row.template].texts[0], "arn:")
          && !strcontains(local._template_parts[row.template].texts[0], "\n")
          && startswith(element(values, 1), "arn:") ? [] : [local._template_parts[row.template].texts[0]],
          flatten([
            for index, text in slice(local._template_parts[row.template].texts, 1, length(local._template_parts[row.template].texts)) :
            [values[index + 1], text]
          ]),
        ))
      } if !contains(values, local._absent)
    ]
  ])
}
