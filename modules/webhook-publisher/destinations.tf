# Each destination in one form: its platform's entry in platforms.yaml, or the `request`
# of an API that has none.

locals {
  platforms      = yamldecode(file("${path.module}/platforms.yaml"))
  platform_names = concat(keys(local.platforms), ["http"])

  # The values that a platform's settings have to match.
  setting_patterns = {
    for name, platform in local.platforms : name => merge(
      try(platform.required_settings, {}), try(platform.optional_settings, {}),
    )
  }

  configurations = {
    for key, destination in var.destinations : key => merge(
      try(local.platforms[destination.platform], {}),
      destination.request == null ? null : merge(
        { headers = destination.request.headers, not_found_statuses = [404, 410] },
        local.custom_operations[key],
      ),
    )
  }

  # `request` in the words of platforms.yaml.
  custom_operations = {
    for key, destination in var.destinations : key => {
      for name in ["create", "update", "remove"] : name => merge(
        {
          method    = destination.request[name].method
          path      = destination.request[name].path
          query     = destination.request[name].query
          json_body = destination.request[name].body
        },
        {
          for part in ["id", "url"] : part => try(
            trimspace(regex("^{%(.*)%}$", destination.request[name][part])[0]),
            jsonencode(destination.request[name][part]),
          ) if try(destination.request[name][part], null) != null
        },
      ) if try(destination.request[name], null) != null
    }
  }

  # Traits of a destination that its delivery depends on.
  traits = {
    for key, configuration in local.configurations : key => {
      can_update                = can(configuration.update)
      can_remove                = can(configuration.remove)
      can_find                  = can(configuration.find)
      is_signed                 = var.destinations[key].signed != null
      is_graphql                = can(configuration.graphql_error)
      is_idempotent             = try(configuration.is_idempotent, false) || var.destinations[key].if_unsure == "REPEAT"
      has_deterministic_id      = try(configuration.has_deterministic_id, false)
      keeps_remote_id           = try(configuration.keeps_remote_id, false)
      conflict_pattern          = try(configuration.conflict_pattern, null)
      not_found_statuses        = try(configuration.not_found_statuses, [])
      version_conflict_statuses = try(configuration.version_conflict_statuses, [])
      find_pages                = try(configuration.find.pages, 1)
      find_after_seconds        = coalesce(var.destinations[key].retry.find_after_seconds, try(configuration.find.after_seconds, null), 1)
    }
  }

  forbidden_headers = "^(${join("|", yamldecode(file("${path.module}/../http-connection/request/forbidden_headers.yaml")))})$"
}
