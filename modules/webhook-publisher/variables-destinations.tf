variable "destinations" {
  description = <<-EOT
    Destinations of posts, by names of yours: `dev`, `search`. The name is a part of the table's key: under another name everything is published once more.

    - `platform`: `dev`, `medium`, `hashnode`, `opensearch`, or `http` for any other API.
    - `connection_arn`: EventBridge connection that authorizes the requests, such as `module.dev_connection.arn` of modules/http-connection. Or, for `opensearch`, `signed`: a small function signs requests with its role, which may write to that index of the domain `domain_arn`.
    - `endpoint`: https URL with a fixed host, and a path if the whole API has one. Default: the platform's.
    - `settings`: settings of the platform; the README lists them.
    - `if_unsure`: behaviour after a create without a response (a lost connection, 60 s, 5xx) where the platform cannot be searched: `STOP` (default: the state is UNSURE and a person has to look, since twice is worse than never) or `REPEAT` (for APIs where the same request makes no second post). For `medium` and `http`; the others are searched.
    - `request`: requests to an `http` API: below.
    - `retry`: failures that are tried again, as in modules/http-notifier: `throttled` (429; after the wait that the response's text asks for), `server_error` (5xx), `unreachable` (no connection, no response), each with `max_attempts`, `interval_seconds` and `max_delay_seconds`. `find_after_seconds`: seconds between a create without a response and the search for its post. Default: the platform's.

    `request` has `headers` and the operations `create`, `update` and `remove`; without one of the last two the state is UNSUPPORTED. An operation has `method` (POST, PUT and DELETE), `path`, `query`, `body` (a JSON text), and create and update have `id` and `url` of the post in the response. `{% … %}` is JSONata with `$post`, `$version`, `$remote_id` (create's `id`) and, in `id` and `url`, `$response`. Default of `id`: the post's.
  EOT
  type = map(object({
    platform       = string
    connection_arn = optional(string)
    signed         = optional(object({ domain_arn = string }))
    endpoint       = optional(string)
    settings       = optional(map(string), {})
    if_unsure      = optional(string, "STOP")
    request = optional(object({
      headers = optional(map(string), {})
      create = object({
        method = optional(string, "POST")
        path   = string
        query  = optional(map(string), {})
        body   = optional(string)
        id     = optional(string, "{% $post.id %}")
        url    = optional(string)
      })
      update = optional(object({
        method = optional(string, "PUT")
        path   = string
        query  = optional(map(string), {})
        body   = optional(string)
        id     = optional(string, "{% $remote_id %}")
        url    = optional(string)
      }))
      remove = optional(object({
        method = optional(string, "DELETE")
        path   = string
        query  = optional(map(string), {})
        body   = optional(string)
      }))
    }))
    retry = optional(object({
      throttled = optional(object({
        max_attempts      = optional(number, 6)
        interval_seconds  = optional(number, 2)
        max_delay_seconds = optional(number, 300)
      }), {})
      server_error = optional(object({
        max_attempts      = optional(number, 4)
        interval_seconds  = optional(number, 1)
        max_delay_seconds = optional(number, 60)
      }), {})
      unreachable = optional(object({
        max_attempts      = optional(number, 4)
        interval_seconds  = optional(number, 1)
        max_delay_seconds = optional(number, 60)
      }), {})
      find_after_seconds = optional(number)
    }), {})
  }))
  nullable = false

  validation {
    condition     = length(var.destinations) > 0
    error_message = "destinations is empty: name at least one, such as { dev = { platform = \"dev\", connection_arn = module.dev_connection.arn } }."
  }

  validation {
    condition     = alltrue([for key in keys(var.destinations) : can(regex("^[a-z][a-z0-9_-]{0,29}$", key))])
    error_message = "Names of destinations begin with a small letter and have at most 30 small letters, digits, '_' and '-'. Not so: ${join(", ", [for key in keys(var.destinations) : jsonencode(key) if !can(regex("^[a-z][a-z0-9_-]{0,29}$", key))])}."
  }

  validation {
    condition     = alltrue([for destination in values(var.destinations) : contains(local.platform_names, destination.platform)])
    error_message = "platform is one of ${join(", ", local.platform_names)}; \"http\" is any other API. Not so: ${join(", ", [for key, destination in var.destinations : "${key} (${jsonencode(destination.platform)})" if !contains(local.platform_names, destination.platform)])}."
  }

  validation {
    condition     = alltrue([for destination in values(var.destinations) : (destination.connection_arn == null) != (destination.signed == null)])
    error_message = "A destination has exactly one of connection_arn (modules/http-connection) and, for opensearch, signed. Not so: ${join(", ", [for key, destination in var.destinations : key if(destination.connection_arn == null) == (destination.signed == null)])}."
  }

  validation {
    condition = alltrue([
      for destination in values(var.destinations) :
      destination.connection_arn == null ? true : can(regex("^arn:[^:]+:events:[^:]+:[0-9]{12}:connection/[^/]+/[^/]+$", destination.connection_arn))
    ])
    error_message = "connection_arn is the ARN of an EventBridge connection, such as arn:aws:events:us-east-1:123456789012:connection/dev/11111111-2222-3333-4444-555555555555 (not of an event bus or an API destination). Not so: ${join(", ", [
      for key, destination in var.destinations : key if destination.connection_arn == null ? false : !can(regex("^arn:[^:]+:events:[^:]+:[0-9]{12}:connection/[^/]+/[^/]+$", destination.connection_arn))
    ])}."
  }

  validation {
    condition     = alltrue([for destination in values(var.destinations) : destination.signed == null || destination.platform == "opensearch"])
    error_message = "signed is for opensearch: no other platform knows AWS's signatures. Use connection_arn in: ${join(", ", [for key, destination in var.destinations : key if destination.signed != null && destination.platform != "opensearch"])}."
  }

  validation {
    condition     = alltrue([for destination in values(var.destinations) : !strcontains(try(destination.signed.domain_arn, ""), ":aoss:")])
    error_message = "signed.domain_arn is an OpenSearch Serverless collection, which does not order writes by a version of ours: an older change that arrives late would win. Use a domain in: ${join(", ", [for key, destination in var.destinations : key if strcontains(try(destination.signed.domain_arn, ""), ":aoss:")])}."
  }

  validation {
    condition = alltrue([
      for destination in values(var.destinations) :
      destination.signed == null || strcontains(try(destination.signed.domain_arn, ""), ":aoss:") ? true : can(regex("^arn:[^:]+:es:[a-z0-9-]+:[0-9]{12}:domain/[a-z][a-z0-9-]+$", destination.signed.domain_arn))
    ])
    error_message = "signed.domain_arn is the ARN of an OpenSearch domain, such as aws_opensearch_domain.search.arn: arn:aws:es:eu-west-1:123456789012:domain/search. Not so: ${join(", ", [
      for key, destination in var.destinations : key
      if destination.signed == null || strcontains(try(destination.signed.domain_arn, ""), ":aoss:") ? false : !can(regex("^arn:[^:]+:es:[a-z0-9-]+:[0-9]{12}:domain/[a-z][a-z0-9-]+$", destination.signed.domain_arn))
    ])}."
  }

  validation {
    condition     = alltrue([for destination in values(var.destinations) : destination.endpoint != null || !contains(["opensearch", "http"], destination.platform)])
    error_message = "opensearch and http have no default endpoint: set endpoint, such as \"https://search-posts-abc.eu-west-1.es.amazonaws.com\", in: ${join(", ", [for key, destination in var.destinations : key if destination.endpoint == null && contains(["opensearch", "http"], destination.platform)])}."
  }

  validation {
    condition = alltrue([
      for destination in values(var.destinations) :
      destination.endpoint == null ? true : startswith(lower(destination.endpoint), "https://") || destination.signed != null && startswith(destination.endpoint, "http://127.0.0.1:")
    ])
    error_message = "endpoint has to begin with https://: an HTTP Task calls nothing else, and over http:// the credentials would be readable on the way (with signed, http://127.0.0.1 is taken, for a stand-in). Not so: ${join(", ", [
      for key, destination in var.destinations : key
      if destination.endpoint == null ? false : !startswith(lower(destination.endpoint), "https://") && !(destination.signed != null && startswith(destination.endpoint, "http://127.0.0.1:"))
    ])}."
  }

  validation {
    condition     = alltrue([for destination in values(var.destinations) : destination.endpoint == null ? true : !can(regex("^[A-Za-z]+://[^/?#]*@", destination.endpoint))])
    error_message = "endpoint has credentials in it (before the @). Take them out of ${join(", ", [for key, destination in var.destinations : key if destination.endpoint == null ? false : can(regex("^[A-Za-z]+://[^/?#]*@", destination.endpoint))])} and give them to the connection: modules/http-connection, authorization = { basic = { username, password } }."
  }

  validation {
    condition = alltrue([
      for destination in values(var.destinations) :
      destination.endpoint == null ? true : can(regex("^[A-Za-z]+://([^/?#]*@)?[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~!$&()+,;=:@%-]+)*/?$", destination.endpoint))
    ])
    error_message = "endpoint is a URL with a fixed host and without a query: https://HOST or https://HOST/PATH. What differs from request to request is in request. Not so: ${join(", ", [
      for key, destination in var.destinations : key
      if destination.endpoint == null ? false : !can(regex("^[A-Za-z]+://([^/?#]*@)?[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~!$&()+,;=:@%-]+)*/?$", destination.endpoint))
    ])}."
  }

  validation {
    condition     = alltrue([for destination in values(var.destinations) : contains(["STOP", "REPEAT"], destination.if_unsure)])
    error_message = "if_unsure is \"STOP\" or \"REPEAT\". Not so: ${join(", ", [for key, destination in var.destinations : key if !contains(["STOP", "REPEAT"], destination.if_unsure)])}."
  }

  validation {
    condition     = alltrue([for destination in values(var.destinations) : destination.if_unsure != "REPEAT" || contains(["medium", "http"], destination.platform)])
    error_message = "if_unsure = \"REPEAT\" is for medium and http; the other platforms can be searched for the post. Leave it out of: ${join(", ", [for key, destination in var.destinations : key if destination.if_unsure == "REPEAT" && !contains(["medium", "http"], destination.platform)])}."
  }

  validation {
    condition     = alltrue([for destination in values(var.destinations) : (destination.request != null) == (destination.platform == "http")])
    error_message = "request is what platform = \"http\" asks, and the other platforms have theirs. Not so: ${join(", ", [for key, destination in var.destinations : key if(destination.request != null) != (destination.platform == "http")])}."
  }

  validation {
    condition = alltrue(flatten([
      for destination in values(var.destinations) : [
        for operation in [for name in ["create", "update", "remove"] : try(destination.request[name], null)] :
        operation == null ? true : can(regex("^(/([A-Za-z0-9._~!$&()+,;=:@-]|%[0-9A-Fa-f]{2}|\\{%([^%]|%[^}])*%\\})*)+$", operation.path))
      ]
    ]))
    error_message = "request: a path begins with '/', its query is in query, other characters than letters, digits and -._~!$&()+,;=:@ are written as %XX, and JSONata stands in {% … %}. Not so: ${join(", ", flatten([
      for key, destination in var.destinations : [
        for name, operation in { for name in ["create", "update", "remove"] : name => try(destination.request[name], null) } : "${key}.request.${name}"
        if operation == null ? false : !(can(regex("^(/([A-Za-z0-9._~!$&()+,;=:@-]|%[0-9A-Fa-f]{2}|\\{%([^%]|%[^}])*%\\})*)+$", operation.path)))
      ]
    ]))}."
  }

  validation {
    condition = alltrue(flatten([
      for destination in values(var.destinations) : [
        for operation in [for name in ["create", "update", "remove"] : try(destination.request[name], null)] :
        operation == null ? true : operation.body == null ? true : can(jsondecode(operation.body))
      ]
    ]))
    error_message = "request: body is no JSON: wrap it in jsonencode(…). Not so: ${join(", ", flatten([
      for key, destination in var.destinations : [
        for name, operation in { for name in ["create", "update", "remove"] : name => try(destination.request[name], null) } : "${key}.request.${name}"
        if operation == null ? false : !(operation.body == null ? true : can(jsondecode(operation.body)))
      ]
    ]))}."
  }
}
