# Errors in the definitions, and targets that have to be named by hand. Every
# text says what to change; the calling module shows them before anything is
# created.

locals {
  _state_types = [
    "Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map",
  ]

  _document_problems = [
    for number, document in local.documents : (
      document == null ? "is not JSON" : can(keys(document)) ? "" : "is not a JSON object"
    )
  ]

  # States of each machine, and the transitions between them.
  _machine_states = {
    for machine in local.machines : machine.path => {
      for name in try(keys(machine.machine.States), []) : name => true
    }
  }
  _transitions = flatten([
    for state in local.states : [
      for target in concat(
        [for key in ["Next", "Default"] : { key = key, to = lookup(state.state, key, null) }],
        try([for choice in state.state.Choices : { key = "Choices", to = try(choice.Next, null) }], []),
        try([for catch in state.state.Catch : { key = "Catch", to = try(catch.Next, null) }], []),
      ) : { from = state.path, within = state.within, key = target.key, to = target.to }
      if target.to != null && can(tostring(target.to))
    ] if can(keys(state.state))
  ])

  definition_problems = concat(
    [
      for number, problem in local._document_problems :
      "${local.definitions[number].name} ${problem}: it is the Amazon States Language text, such as jsonencode({ StartAt = \"First\", States = { First = { … } } })."
      if problem != ""
    ],
    flatten([
      for machine in local.machines : [
        for problem in [
          !can(keys(machine.machine.States)) ? "has no States: add the object with its states" : "",
          can(keys(machine.machine.States)) && !can(tostring(machine.machine.StartAt)) ? "has no StartAt: add StartAt with the name of its first state" : "",
          try(!contains(keys(machine.machine.States), machine.machine.StartAt), false) ? "starts at ${jsonencode(machine.machine.StartAt)}, which is not one of its states: ${jsonencode(keys(machine.machine.States))}" : "",
        ] : "${machine.path == "" ? "The definition" : trimsuffix(machine.path, " > ")} ${problem}."
        if problem != ""
      ] if can(keys(machine.machine))
    ]),
    [
      for state in local.states :
      "State \"${state.path}\" has ${can(coalesce(tostring(state.state.Type))) ? "the unknown Type ${jsonencode(state.state.Type)}" : "no Type"}: use one of ${join(", ", local._state_types)}."
      if !contains(local._state_types, try(coalesce(tostring(state.state.Type)), ""))
    ],
    distinct([
      for move in local._transitions :
      "State \"${move.from}\" goes to ${jsonencode(move.to)} (${move.key}), which is not a state beside it: use one of ${jsonencode(keys(local._machine_states[move.within]))}."
      if !can(local._machine_states[move.within][move.to])
    ]),
    [
      for task in local.tasks :
      "State \"${task.where}\" waits with .${task.integration[3]}, which EXPRESS does not support: make the state machine (or the Distributed Map around it) STANDARD, or call ${replace(task.resource, "/\\.(sync:2|sync|waitForTaskToken)$/", "")} without waiting."
      if task.express && try(task.integration[3] != null, false)
    ],
    [
      for task in local.tasks :
      "State \"${task.where}\" runs an activity, which EXPRESS does not support: make the state machine (or the Distributed Map around it) STANDARD."
      if task.express && strcontains(task.resource, ":activity:")
    ],
    [
      for map in local.maps :
      "State \"${map.path}\" is a Distributed Map, which EXPRESS does not support: make the state machine STANDARD, or the Map's Mode INLINE."
      if map.express
    ],
    [
      for machine in local.too_deep :
      "${trimsuffix(machine.path, " > ")} is nested deeper than ${length(local.levels) - 1} levels, the limit for deriving permissions: move it into another state machine and start that."
    ],
  )

  integration_problems = concat(
    [
      for task in local.tasks :
      "State \"${task.where}\" calls ${jsonencode(task.resource)}, which is no Lambda function, activity or integration (arn:${var.machine.partition}:states:::SERVICE:API or …:::aws-sdk:SERVICE:API)."
      if task.integration == null && !can(regex("^arn:[^:]*:lambda:", task.resource))
    ],
    [
      for call in local.calls :
      "State \"${call.where}\" calls ${call.service}:${call.api}${call.pattern == "" ? "" : ".${call.pattern}"}, which is no optimised integration. ${can(local.table.optimised[call.service]) ? "${call.service} has: ${join(", ", local.table.optimised[call.service])}." : "For the AWS SDK integration write aws-sdk:${call.service}:${call.api}."}"
      # A service that the table lacks may be newer than the table.
      if !call.sdk && call.service != "step-functions" && (
        fileexists(local.service_paths[call.service])
        || can(local.table.optimised[call.service])
        || can(local.table.prefixes[call.service])
      ) && !contains(try(local.table.optimised[call.service], []), "${call.api}${call.pattern == "" ? "" : ".${call.pattern}"}")
    ],
  )

  # Calls whose target is known only at run time and not named by the caller.
  _missing_targets = flatten([
    for row in local.resources : [
      for action in row.actions : {
        action  = action
        where   = local.calls[row.call].where
        runtime = row.runtime == "unlisted" ? "its resources are not in this module's table" : row.runtime
        example = !startswith(row.resource, "arn:") ? "" : replace(replace(replace(replace(
          row.resource,
          "{partition}", var.machine.partition),
          "{region}", var.machine.region),
          "{account}", var.machine.account),
          "/${local.placeholder}/", "NAME",
        )
      } if !can(var.targets[action])
    ]
    if row.runtime != null && row.runtime != "given" && !local.calls[row.call].assumed
  ])
  target_problems = length(local._missing_targets) == 0 ? [] : [
    join("\n", concat(
      ["The definition names no target for these states, so their permissions cannot be limited to one:"],
      [for missing in local._missing_targets : "  - state \"${missing.where}\": ${missing.action} (${missing.runtime})"],
      ["Name the targets in permissions:", "  targets = {"],
      [for action, examples in { for missing in local._missing_targets : missing.action => missing.example... } : "    \"${action}\" = [\"${coalesce(concat(examples, ["arn:${var.machine.partition}:…"])...)}\"]"],
      ["  }"],
    ))
  ]
}
