# Permissions that each call needs, from integrations.yaml and services/.

locals {
  table = yamldecode(file("${path.module}/integrations.yaml"))

  # Only the services that are called, to keep plans short.
  service_paths = {
    for name in distinct(local.calls[*].service) :
    name => "${path.module}/services/${name}.yaml"
  }
  _service_files = {
    for name, path in local.service_paths : name => try(yamldecode(file(path)), {})
  }
  _services = {
    for name, service in local._service_files : name => merge(service, try({
      calls = yamldecode(file("${path.module}/services/${service.calls_as}.yaml")).calls
    }, {}))
  }
  _prefixes = {
    for name, service in local._services :
    name => try(service.iam, local.table.prefixes[name], name)
  }
  # By API action in lower case: the IAM action in the table's spelling, and
  # its resources.
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
  _call_entries = {
    for name, service in local._services : name => {
      for api, grants in try(service.calls, {}) : lower(api) => grants
    }
  }

  # Each type of call once, however many states make it.
  _calls_by_type = {
    for call in local.calls :
    "${call.service}:${call.api}.${call.pattern}" => call...
  }

  # The table's entries for each type of call.
  _entries = {
    for call_type, calls in local._calls_by_type : call_type => concat(
      try(
        [for entry in local._call_entries[calls[0].service][lower(calls[0].api)] : entry],
        [
          for api, entries in local._call_entries[calls[0].service] : [for entry in entries : entry]
          if endswith(api, "*") && startswith(lower(calls[0].api), trimsuffix(api, "*"))
        ][0],
        [{
          actions = [try(
            local._actions[calls[0].service][lower(calls[0].api)].action,
            "${upper(substr(calls[0].api, 0, 1))}${substr(calls[0].api, 1, -1)}",
          )]
          resources = try(
            local._actions[calls[0].service][lower(calls[0].api)].resources,
            # Some actions without resources are listed by their prefix.
            [
              for prefix in local._services[calls[0].service].actions["*"] : ["*"]
              if endswith(prefix, "*") && startswith(
                lower(calls[0].api), lower(trimsuffix(prefix, "*"))
              )
            ][0],
            ["unlisted"],
          )
        }],
      ),
      try(
        [for entry in local._call_entries[calls[0].service][lower("${calls[0].api}.${calls[0].pattern}")] : entry],
        [],
      ),
      [
        for argument, apis in try(local._services[calls[0].service].passes, {}) :
        { passes = argument, to = local._services[calls[0].service].passes.to }
        if contains([for api in try(tolist(apis), []) : lower(api)], lower(calls[0].api))
      ],
    )
  }

  # The entries in full: one template for each resource, each condition on a
  # further line.
  _required_grants = {
    for call_type, entries in local._entries : call_type => [
      for entry in entries : {
        actions = [
          for action in try(
            entry.actions,
            can(entry.rule) ? ["events:DescribeRule", "events:PutRule", "events:PutTargets"] : ["iam:PassRole"],
          ) :
          strcontains(action, ":") ? action : "${local._prefixes[local._calls_by_type[call_type][0].service]}:${action}"
        ]
        templates = [
          for resource in [
            for resource in try(
              entry.resources,
              ["arn:{partition}:events:{region}:{account}:rule/${entry.rule}"],
              ["arn:{partition}:iam::{account}:role/{${entry.passes}}"],
              ["*"],
            ) : try(local._services[local._calls_by_type[call_type][0].service].resources[resource], resource)
            ] : join("\n", concat(
              [join("", [
                startswith(resource, ":") ? "arn:{partition}:${local._prefixes[local._calls_by_type[call_type][0].service]}:{region}:{account}" : "",
                resource,
              ])],
              try(
                entry.conditions,
                ["StringEquals iam:PassedToService ${entry.to}"],
                [],
              ),
          ))
        ]
        # The arguments may lack it, such as a role to pass.
        optional = try(entry.optional, can(entry.passes))
      }
    ]
  }

  grants = flatten([
    for number, call in local.calls : [
      for required in local._required_grants["${call.service}:${call.api}.${call.pattern}"] : merge(required, {
        call        = number
        touches_any = strcontains(join("", required.templates), "|any}")
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
