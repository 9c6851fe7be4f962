# Grants merged into the smallest equivalent set of statements.

locals {
  # An action whose target is known only at run time is granted on the targets
  # that the caller names for it: ARNs, or values of the condition that the
  # template leaves open.
  _action_grants = flatten([
    for row in local.resources : [
      for action in row.actions : [
        for target in row.runtime == null ? [row.resource] : try(var.targets[action], []) : {
          action   = action
          resource = can(regex(local.placeholder, join(" ", row.conditions[*].value))) ? row.resource : target
          conditions = [
            for condition in row.conditions : merge(condition, {
              value = can(regex(local.placeholder, condition.value)) ? target : condition.value
            })
          ]
        }
      ]
    ]
  ])

  # Grants that differ only in the value of the last condition have one
  # condition with several values.
  _by_value = {
    for grant in local._action_grants : jsonencode({
      action   = grant.action
      resource = grant.resource
      fixed    = try(slice(grant.conditions, 0, length(grant.conditions) - 1), [])
      test     = try(grant.conditions[length(grant.conditions) - 1].test, "")
      key      = try(grant.conditions[length(grant.conditions) - 1].key, "")
    }) => try(grant.conditions[length(grant.conditions) - 1].value, "")...
  }
  _by_action = {
    for key, values in local._by_value : jsonencode(merge(
      { for name, part in jsondecode(key) : name => part if name != "resource" },
      { values = sort(distinct(values)) },
    )) => jsondecode(key).resource...
  }
  _by_resources = {
    for key, resources in local._by_action : jsonencode(merge(
      { for name, part in jsondecode(key) : name => part if name != "action" },
      {
        # Resources that a wildcard covers are dropped.
        resources = sort([
          for resource in distinct(resources) : resource if !anytrue([
            for wider in distinct(resources) : wider != resource &&
            endswith(wider, "*") && startswith(resource, trimsuffix(wider, "*"))
          ])
        ])
      },
    )) => jsondecode(key).action...
  }

  _groups = [
    for key, actions in local._by_resources :
    merge(jsondecode(key), { id = key, actions = sort(distinct(actions)) })
  ]

  statements = {
    for group in local._groups : "${group.actions[0]} ${group.id}" => merge(
      {
        Effect   = "Allow"
        Action   = group.actions
        Resource = group.resources
      },
      group.test == "" ? null : {
        Condition = {
          for test in distinct(concat(group.fixed[*].test, [group.test])) : test => merge(
            {
              for condition in group.fixed : condition.key => condition.value
              if condition.test == test
            },
            group.test == test ? { (group.key) = group.values } : null,
          )
        }
      },
    )
  }
}
