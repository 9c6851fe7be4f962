# One level of nesting: the states of some machines, and the machines inside
# those states. HCL has no recursion, so the caller stacks this module.

variable "machines" {
  description = "List of { path, express, machine }: the path of the state around it (empty at the top), whether it runs as EXPRESS, and the object with StartAt and States. Every definition has its own type, hence any."
  type        = any
  nullable    = false
}

locals {
  states = flatten([
    for machine in var.machines : [
      for name in try(keys(machine.machine.States), []) : {
        path    = "${machine.path}${name}"
        within  = machine.path
        express = machine.express
        state   = machine.machine.States[name]
      }
    ]
  ])

  machines = flatten([
    for state in local.states : [
      for inner in concat(
        try([
          for number, branch in state.state.Branches : {
            where   = "Branches[${number}]"
            express = state.express
            machine = branch
          }
        ], []),
        [
          for key in ["ItemProcessor", "Iterator"] : {
            where = key
            # Child executions of a Distributed Map have their own type.
            express = try(
              state.state[key].ProcessorConfig.ExecutionType == "EXPRESS",
              state.express,
            )
            machine = state.state[key]
          } if can(state.state[key])
        ],
      ) : merge(inner, { path = "${state.path} > ${inner.where} > " })
    ] if contains(["Parallel", "Map"], try(coalesce(state.state.Type), ""))
  ])
}

output "states" {
  description = "List of { path, within, express, state }; `within` is the path of its machine."
  value       = local.states
}

output "machines" {
  description = "The machines inside these states, for the next level."
  value       = local.machines
}
