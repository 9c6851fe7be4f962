variable "authorizers" {
  description = "Authorizers, by the name that routes use as `authorization`. Each is exactly one of `cognito` (a user pool's token in the header `Authorization`) and `lambda` (a function that gets the request and returns an IAM policy; requests need all `identity_headers`, and the policy is cached under them for `cache_seconds`)."
  type = map(object({
    cognito = optional(object({
      user_pool_arns = list(string)
    }))
    lambda = optional(object({
      function_arn     = string
      identity_headers = optional(list(string), ["Authorization"])
      cache_seconds    = optional(number, 300)
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for name in keys(var.authorizers) : can(regex("^[A-Za-z][A-Za-z0-9_-]{0,127}$", name)) && !contains(["AWS_IAM", "API_KEY", "NONE", "sigv4", "api_key"], name)])
    error_message = "An authorizer's name starts with a letter, has letters, digits, '_' and '-', and is none of AWS_IAM, API_KEY, NONE, sigv4, api_key."
  }

  validation {
    condition     = alltrue([for authorizer in values(var.authorizers) : (authorizer.cognito == null) != (authorizer.lambda == null)])
    error_message = "An authorizer is exactly one of cognito and lambda. Not so: ${join(", ", [for name, authorizer in var.authorizers : name if(authorizer.cognito == null) == (authorizer.lambda == null)])}."
  }

  validation {
    condition     = alltrue([for authorizer in values(var.authorizers) : try(length(authorizer.cognito.user_pool_arns), 1) > 0])
    error_message = "A cognito authorizer needs the ARN of at least one user pool."
  }

  validation {
    condition     = alltrue([for authorizer in values(var.authorizers) : try(authorizer.lambda.cache_seconds >= 0 && authorizer.lambda.cache_seconds <= 3600, true)])
    error_message = "cache_seconds is 0 (off) to 3600."
  }

  validation {
    condition = alltrue([
      for authorizer in values(var.authorizers) :
      try(authorizer.lambda.cache_seconds == 0 || length(authorizer.lambda.identity_headers) > 0, true)
    ])
    error_message = "An authorizer's policy is cached under its identity_headers: name at least one, or set cache_seconds = 0."
  }
}

variable "access" {
  description = <<-EOT
    Resource policy of the API: the callers that can reach it at all. Default null: no policy; the route's `authorization` alone decides.

    - `account_ids`: other accounts whose callers may call the routes with `AWS_IAM`; their own IAM policies have to allow it too. Callers of this account need only their own policy.
    - `source_cidrs`: only from these IP ranges.
    - `vpc_endpoint_ids`: only through these VPC endpoints.
    - `policy`: your resource policy (JSON) in place of all this.
  EOT
  type = object({
    account_ids      = optional(list(string), [])
    source_cidrs     = optional(list(string), [])
    vpc_endpoint_ids = optional(list(string), [])
    policy           = optional(string)
  })
  default = null

  validation {
    condition     = alltrue([for id in try(var.access.account_ids, []) : can(regex("^[0-9]{12}$", id))])
    error_message = "access.account_ids are account ids of 12 digits."
  }

  validation {
    condition     = alltrue([for cidr in try(var.access.source_cidrs, []) : can(cidrhost(cidr, 0))])
    error_message = "access.source_cidrs are ranges such as 203.0.113.0/24."
  }

  validation {
    condition     = try(var.access.policy, null) == null ? true : can(jsondecode(var.access.policy).Statement)
    error_message = "access.policy is a policy document (JSON) with a Statement."
  }

  validation {
    condition     = try(var.access.policy, null) == null ? true : length(concat(var.access.account_ids, var.access.source_cidrs, var.access.vpc_endpoint_ids)) == 0
    error_message = "access.policy replaces account_ids, source_cidrs and vpc_endpoint_ids: set it without them."
  }
}

variable "endpoint" {
  description = "`type`: `REGIONAL` (default), `EDGE` (through CloudFront) or `PRIVATE` (from a VPC only; needs `access.vpc_endpoint_ids` or `access.policy`, since nobody can call a private API without a resource policy). `vpc_endpoint_ids`: VPC endpoints that get DNS names for a private API."
  type = object({
    type             = optional(string, "REGIONAL")
    vpc_endpoint_ids = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = contains(["REGIONAL", "EDGE", "PRIVATE"], var.endpoint.type)
    error_message = "endpoint.type is REGIONAL, EDGE or PRIVATE."
  }

  validation {
    condition     = var.endpoint.type == "PRIVATE" || length(var.endpoint.vpc_endpoint_ids) == 0
    error_message = "endpoint.vpc_endpoint_ids are for a PRIVATE endpoint."
  }

  validation {
    condition     = var.endpoint.type != "PRIVATE" || length(try(var.access.vpc_endpoint_ids, [])) > 0 || try(var.access.policy, null) != null
    error_message = "A PRIVATE API needs access.vpc_endpoint_ids (or access.policy): without a resource policy nobody can call it."
  }
}

variable "cors" {
  description = "CORS: pages of `allow_origin` (one origin such as `https://shop.example.com`, or `*`) may call the API. Every response has the headers, errors included. There is one origin because API Gateway's own errors can hold only a fixed one. Functions of `lambda` routes set their headers themselves. Default null: off."
  type = object({
    allow_origin       = string
    allow_headers      = optional(list(string), ["Content-Type", "Authorization", "X-Amz-Date", "X-Amz-Security-Token", "X-Api-Key"])
    expose_headers     = optional(list(string), ["Location", "Retry-After"])
    allow_credentials  = optional(bool, false)
    max_age_in_seconds = optional(number, 600)
  })
  default = null

  validation {
    condition     = can(regex("^(\\*|https?://[A-Za-z0-9.-]+(:[0-9]+)?)$", try(var.cors.allow_origin, "*")))
    error_message = "cors.allow_origin is \"*\" or an origin without a path, such as https://shop.example.com."
  }

  validation {
    condition     = !(try(var.cors.allow_credentials, false) && try(var.cors.allow_origin, "") == "*")
    error_message = "Browsers refuse allow_credentials together with the origin \"*\"."
  }

  validation {
    condition     = alltrue([for name in try(concat(var.cors.allow_headers, var.cors.expose_headers), []) : can(regex("^[A-Za-z0-9-]+$", name))])
    error_message = "cors.allow_headers and cors.expose_headers are names of HTTP headers: letters, digits and '-'."
  }

  validation {
    condition     = try(var.cors.max_age_in_seconds, 0) >= 0
    error_message = "cors.max_age_in_seconds is 0 or more."
  }
}
