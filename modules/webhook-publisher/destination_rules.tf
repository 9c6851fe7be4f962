# Rules of settings, requests and retries, which depend on the platform or on one another.
# The rules of one value each are validations of var.destinations.

locals {
  _operations_by_name = merge([
    for key, destination in var.destinations : {
      for name in ["create", "update", "remove"] : "${key}.request.${name}" => destination.request[name]
      if try(destination.request[name], null) != null
    }
  ]...)

  _header_names = flatten([
    for key, destination in var.destinations : [
      for name in keys(try(destination.request.headers, {})) : { destination = key, name = name }
    ]
  ])

  _retries = flatten([
    for key, destination in var.destinations : [
      for kind in ["throttled", "server_error", "unreachable"] :
      merge(destination.retry[kind], { path = "${key}.retry.${kind}" })
    ]
  ])

  destination_problems = concat(
    flatten([
      for key, destination in var.destinations : [
        for name in setsubtract(keys(try(local.platforms[destination.platform].required_settings, {})), keys(destination.settings)) :
        "settings lacks a required setting: ${key}.settings.${name}."
      ]
    ]),
    flatten([
      for key, destination in var.destinations : [
        for name in setsubtract(keys(destination.settings), keys(try(local.setting_patterns[destination.platform], {}))) :
        "settings has an unknown setting: ${key}.settings.${name} (${destination.platform} has ${join(", ", coalescelist(keys(try(local.setting_patterns[destination.platform], {})), ["none"]))})."
      ]
    ]),
    flatten([
      for key, destination in var.destinations : [
        for name, value in destination.settings :
        "settings has a value that the platform refuses: ${key}.settings.${name} = ${jsonencode(value)} (not ${local.setting_patterns[destination.platform][name]})."
        if !can(regex(try(local.setting_patterns[destination.platform][name], ""), value))
      ]
    ]),
    [
      for path, operation in local._operations_by_name :
      "request: method is POST, PUT, PATCH or DELETE, in capitals. Not so: ${path} (${operation.method})."
      if !contains(["POST", "PUT", "PATCH", "DELETE"], operation.method)
    ],
    [
      for header in local._header_names :
      "request.headers maps names, such as \"Accept\", to values: letters, digits and '-', without a colon. Not so: ${header.destination} (${jsonencode(header.name)})."
      if !can(regex("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", header.name))
    ],
    [
      for header in local._header_names :
      "Step Functions does not let a state send ${header.name}. Take it out of request.headers of ${header.destination}; an Authorization belongs into the connection: modules/http-connection, authorization = { api_key = { name = \"Authorization\", value = … } }."
      if can(regex(local.forbidden_headers, lower(header.name)))
    ],
    [
      for retry in local._retries :
      "retry: max_attempts is a whole number from 0 (never again) to 20. Not so: ${retry.path}."
      if retry.max_attempts < 0 || retry.max_attempts > 20 || floor(retry.max_attempts) != retry.max_attempts
    ],
    [
      for retry in local._retries :
      "retry: interval_seconds is a whole number of at least 1, and max_delay_seconds a larger one, at most 3600 (an hour). Not so: ${retry.path}."
      if retry.interval_seconds < 1 || floor(retry.interval_seconds) != retry.interval_seconds
      || retry.max_delay_seconds <= retry.interval_seconds || retry.max_delay_seconds > 3600 || floor(retry.max_delay_seconds) != retry.max_delay_seconds
    ],
    [
      for key, destination in var.destinations :
      "retry.find_after_seconds is a whole number of seconds from 1 to 3600. Not so: ${key}."
      if try(destination.retry.find_after_seconds < 1 || destination.retry.find_after_seconds > 3600 || floor(destination.retry.find_after_seconds) != destination.retry.find_after_seconds, false)
    ],
    [
      for key, destination in var.destinations :
      "A webhook of ${local.sender} is passed through as it is, without the title and the text that ${key} publishes. Use platform = \"http\", and use $post.payload in request."
      if !contains(["sanity", "none"], local.sender) && destination.platform != "http"
    ],
  )
}

# The table waits for this, and the rest for the table: where a value is unknown until
# apply, the refusal still comes before anything is published.
resource "terraform_data" "destinations" {
  lifecycle {
    precondition {
      condition     = length(local.destination_problems) == 0
      error_message = join("\n", local.destination_problems)
    }
  }
}
