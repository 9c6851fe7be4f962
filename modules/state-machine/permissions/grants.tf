# What each call needs, looked up in integrations.yaml and services/.

locals {
  table = yamldecode(file("${path.module}/integrations.yaml"))

  # Only the services that are called: to read all takes a plan longer.
  files = {
    for name in distinct(local.calls[*].service) :
    name => "${path.module}/services/${name}.yaml"
  }
  _listed = {
    for name, path in local.files : name => try(yamldecode(file(path)), {})
  }
  _services = {
    for name, service in local._listed : name => merge(service, try({
      calls = yamldecode(file("${path.module}/services/${service.calls_as}.yaml")).calls
    }, {}))
  }
  _prefixes = {
    for name, service in local._services :
    name => try(service.iam, local.table.prefixes[name], name)
  }
  # By the name of the API action, in small letters: its IAM action in the
  # table's spelling, and what it touches.
  _actions = {
    for name, service in local._services : name => merge(flatten([
      for listed in [local.table.everywhere, try(service.actions, {})] : [
        for resources, actions in listed : {
          for action in actions : lower(action) => {
            action    = action
            resources = split(" ", resources)
          }
        }
      ]
    ])...)
  }
  _special = {
    for name, service in local._services : name => {
      for api, grants in try(service.calls, {}) : lower(api) => grants
    }
  }

  # Each kind of call once, however many states make it.
  _kinds = {
    for call in local.calls :
    "${call.service}:${call.api}.${call.pattern}" => call...
  }

  # The table's entries for it, as they are written there.
  _entries = {
    for kind, calls in local._kinds : kind => concat(
      try(
        [for entry in local._special[calls[0].service][lower(calls[0].api)] : entry],
        [
          for api, entries in local._special[calls[0].service] : [for entry in entries : entry]
          if endswith(api, "*") && startswith(lower(calls[0].api), trimsuffix(api, "*"))
        ][0],
        [{
          actions = [try(
            local._actions[calls[0].service][lower(calls[0].api)].action,
            "${upper(substr(calls[0].api, 0, 1))}${substr(calls[0].api, 1, -1)}",
          )]
          resources = try(
            local._actions[calls[0].service][lower(calls[0].api)].resources,
            # Some actions without resources are listed by how they begin.
            [
              for beginning in local._services[calls[0].service].actions["*"] : ["*"]
              if endswith(beginning, "*") && startswith(
                lower(calls[0].api), lower(trimsuffix(beginning, "*"))
              )
            ][0],
            ["unlisted"],
          )
        }],
      ),
      try(
        [for entry in local._special[calls[0].service][lower("${calls[0].api}.${calls[0].pattern}")] : entry],
        [],
      ),
      [
        for argument, apis in try(local._services[calls[0].service].passes, {}) :
        { passes = argument, to = local._services[calls[0].service].passes.to }
        if contains([for api in try(tolist(apis), []) : lower(api)], lower(calls[0].api))
      ],
    )
  }

  # The same, written out: one template for each resource, the conditions on
  # lines of their own.
  _needs = {
    for kind, entries in local._entries : kind => [
      for entry in entries : {
        actions = [
          for action in try(
            entry.actions,
            can(entry.rule) ? ["events:DescribeRule", "events:PutRule", "events:PutTargets"] : ["iam:PassRole"],
          ) :
          strcontains(action, ":") ? action : "${local._prefixes[local._kinds[kind][0].service]}:${action}"
        ]
        templates = [
          for resource in [
            for resource in try(
              entry.resources,
              ["arn:{partition}:events:{region}:{account}:rule/${entry.rule}"],
              ["arn:{partition}:iam::{account}:role/{${entry.passes}}"],
              ["*"],
            ) : try(local._services[local._kinds[kind][0].service].resources[resource], resource)
            ] : join("\n", concat(
              [join("", [
                startswith(resource, ":") ? "arn:{partition}:${local._prefixes[local._kinds[kind][0].service]}:{region}:{account}" : "",
                resource,
              ])],
              try(
                entry.conditions,
                ["StringEquals iam:PassedToService ${entry.to}"],
                [],
              ),
          ))
        ]
        # The arguments may name no such thing, such as a role to pass.
        optional = try(entry.optional, can(entry.passes))
      }
    ]
  }

  grants = flatten([
    for number, call in local.calls : [
      for need in local._needs["${call.service}:${call.api}.${call.pattern}"] : merge(need, {
        call        = number
        touches_any = strcontains(join("", need.templates), "|any}")
      })
    ]
  ])
  rows = flatten([
    for number, grant in local.grants : [
      for template in grant.templates :
      { call = grant.call, grant = number, template = template }
    ]
  ])
}
