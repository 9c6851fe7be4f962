# Each destination in one normal form: a platform of platforms.yaml, or the `request` of
# one that is none.

locals {
  _platforms      = yamldecode(file("${path.module}/platforms.yaml"))
  _platform_names = concat(keys(local._platforms), ["http"])

  # In the words of platforms.yaml.
  _own = {
    for key, destination in var.destinations : key => merge(
      {
        headers = destination.request.headers
        gone    = [404, 410]
        create  = local._own_operation["${key}.create"]
      },
      { for name in ["update", "remove"] : name => local._own_operation["${key}.${name}"] if destination.request[name] != null },
      destination.if_unsure == "REPEAT" ? { is_repeatable = "the caller says so" } : null,
    ) if destination.request != null
  }
  _own_operations = {
    for key, destination in var.destinations : key => [
      for name in ["create", "update", "remove"] : merge(
        { key = key, name = name, id = null, url = null },
        destination.request[name],
      ) if try(destination.request[name], null) != null
    ]
  }
  _own_operation = {
    for operation in flatten(values(local._own_operations)) : "${operation.key}.${operation.name}" => merge(
      { for name in ["method", "path", "query"] : name => operation[name] },
      operation.body == null ? null : { body_json = operation.body },
      {
        for name in ["id", "url"] : name => (
          startswith(operation[name], "{%") ? trimspace(trimsuffix(trimprefix(operation[name], "{%"), "%}")) : jsonencode(operation[name])
        ) if operation[name] != null
      },
    )
  }

  _asked = {
    for key, destination in var.destinations : key => jsondecode(
      destination.request == null ? jsonencode(try(local._platforms[destination.platform], {})) : jsonencode(local._own[key])
    )
  }

  # An operation may be the name of another.
  _operations = {
    for key, asked in local._asked : key => {
      for name in ["create", "update", "remove", "find"] : name => jsondecode(
        can(tostring(asked[name])) ? jsonencode(asked[asked[name]]) : jsonencode(asked[name])
      ) if can(asked[name])
    }
  }

  # What the branch of a destination depends on.
  _traits = {
    for key, asked in local._asked : key => {
      platform                  = var.destinations[key].platform
      is_signed                 = var.destinations[key].signed != null
      can_update                = can(asked.update)
      can_delete                = can(asked.remove)
      can_search                = can(asked.find)
      is_idempotent             = can(asked.is_repeatable) || var.destinations[key].if_unsure == "REPEAT"
      has_deterministic_id      = can(asked.is_addressed)
      is_graphql                = can(asked.problem)
      keeps_remote_id           = can(asked.remembers)
      conflict_pattern          = try(asked.taken, null)
      not_found_statuses        = try(asked.gone, [])
      version_conflict_statuses = try(asked.stale, [])
      retry                     = var.destinations[key].retry
      search_pages              = try(asked.find.pages, 1)
      search_after_seconds      = coalesce(var.destinations[key].retry.find_after_seconds, try(asked.find.after_seconds, null), 1)
    }
  }

  _endpoints = {
    for key, destination in var.destinations : key => trimsuffix(coalesce(destination.endpoint, try(local._asked[key].endpoint, null), "-"), "/")
  }

  # What a platform's settings have to match.
  _patterns = {
    for name, platform in local._platforms : name => merge(try(platform.needs, {}), try(platform.takes, {}))
  }

  # Step Functions answers States.Runtime to these (Call HTTPS APIs in Step Functions
  # workflows, "HTTP Task definition").
  _forbidden_headers = join("", ["^(", join("|", [
    "a-im", "accept-charset", "accept-datetime", "accept-encoding", "authorization",
    "cache-control", "connection", "content-encoding", "content-md5", "date", "expect",
    "forwarded", "from", "host", "http2-settings", "if-.*", "max-forwards", "origin",
    "pragma", "proxy-authorization", "range", "referer", "server", "te", "trailer",
    "transfer-encoding", "upgrade", "user-agent", "via", "warning", "x-forwarded-.*",
    "x-amz-.*", "x-amzn-.*",
  ]), ")$"])
}
