# The JSONata of platforms.yaml and of `request`, ready to be evaluated in a state.

locals {
  # Texts of JSONata, with the definitions and settings that they use bound in front.
  _expressions = {
    for key, operations in local._operations : key => distinct(flatten([
      for operation in concat(values(operations), [local._asked[key]]) : [
        for name in ["body", "id", "url", "problem"] : operation[name] if can(operation[name])
      ]
    ]))
  }
  _definitions = {
    for key, asked in local._asked : key => flatten([
      for definition in try(asked.define, []) : [
        for name, text in definition : { name = name, text = format("$%s := %s; ", name, trimspace(text)) }
      ]
    ])
  }
  _defined = {
    for key, texts in local._expressions : key => {
      for text in texts : text => join("", concat(
        [
          for used in [anytrue([for one in local._definitions[key] : can(regex("[$]${one.name}\\b", text))])] :
          join("", local._definitions[key][*].text) if used
        ],
        [text],
      ))
    }
  }
  _bound = {
    for key, texts in local._defined : key => {
      for text, defined in texts : text => (
        strcontains(defined, "$settings") ? "$settings := ${jsonencode(var.destinations[key].settings)}; ${defined}" : defined
      )
    }
  }

  # An expression that finds nothing fails its state: `other` is what was known before.
  _answers = {
    for key, operations in local._operations : key => {
      for name, operation in operations : name => {
        for part, other in { id = name == "find" ? "''" : "$remote_id", url = "$url" } : part => (
          can(operation[part]) ? join("", [
            "{% (", local._answer[key],
            strcontains(operation[part], "$address") ? "$address := ${join(" & ", local._addresses[key][name])}; " : "",
            "$found := (${local._bound[key][operation[part]]}); ",
            "$exists($found) ? $string($found) : ${other}) %}",
          ]) : "{% ${other} %}"
        )
      }
    }
  }
  _answer = {
    for key, traits in local._traits : key => (
      traits.is_signed ? "$response := $states.result.Payload.ResponseBody; " : "$response := $states.result.ResponseBody; "
    )
  }
}
