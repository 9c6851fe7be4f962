variable "sender" {
  description = <<-EOT
    Sender of the webhooks (Terraform reserves the name `source`). One publisher has one sender.

    - `signing_secret_arn`: secret in Secrets Manager whose text is the signing key. Its current and its previous version are accepted, so that the key can change without a gap and without an apply.
    - `tolerance_ms`: age of a signature, at most, and how early it may be, in milliseconds. Default 300,000 (5 minutes), as Stripe and Standard Webhooks recommend. GitHub's signatures have no time.
    - `canonical_url`: URL of a post on your site, with `{slug}`: `https://blog.example.com/posts/{slug}`. Default empty: a document's canonical URL, where it has one. DEV and Medium pass it on to search engines, and DEV refuses a second article with it.
    - `kms_key_arns`: your KMS keys that encrypt these secrets. Default none.

    And exactly one of

    - `sanity`: `project_id`, `dataset` (default `production`), `document_type` (default `post`; others are ignored), `token_secret_arn` (secret with a token that reads a private dataset; default null: the dataset is public), `api_url` (default `https://PROJECT.api.sanity.io`), `api_version` (default `v2025-02-19`, whose answers hold no drafts), `query` (GROQ with `$id` and `$type` that returns one document or null, instead of the built-in query).
    - `github`, `stripe`, `standard_webhooks`: `{}`. Their body is passed through as `payload`, which destinations with `platform = "http"` can take.
  EOT
  type = object({
    signing_secret_arn = string
    tolerance_ms       = optional(number, 300000)
    canonical_url      = optional(string, "")
    kms_key_arns       = optional(list(string), [])
    sanity = optional(object({
      project_id       = string
      dataset          = optional(string, "production")
      document_type    = optional(string, "post")
      token_secret_arn = optional(string)
      api_url          = optional(string)
      api_version      = optional(string, "v2025-02-19")
      query            = optional(string, "")
    }))
    github            = optional(object({}))
    stripe            = optional(object({}))
    standard_webhooks = optional(object({}))
  })
  nullable = false

  validation {
    condition     = length([for kind in ["sanity", "github", "stripe", "standard_webhooks"] : kind if var.sender[kind] != null]) == 1
    error_message = "sender is exactly one of sanity, github, stripe and standard_webhooks; it is ${join(" and ", coalescelist([for kind in ["sanity", "github", "stripe", "standard_webhooks"] : kind if var.sender[kind] != null], ["none"]))}."
  }

  validation {
    condition = alltrue([
      for arn in [var.sender.signing_secret_arn, try(var.sender.sanity.token_secret_arn, null)] :
      arn == null ? true : can(regex("^arn:[^:]+:secretsmanager:[^:]+:[0-9]{12}:secret:[^:]+$", arn))
    ])
    error_message = "sender.signing_secret_arn and token_secret_arn are ARNs of secrets in Secrets Manager, such as aws_secretsmanager_secret.webhook.arn, not the secrets themselves."
  }

  validation {
    condition     = var.sender.tolerance_ms >= 1000 && floor(var.sender.tolerance_ms) == var.sender.tolerance_ms
    error_message = "sender.tolerance_ms is a whole number of milliseconds, at least 1000: clocks differ."
  }

  validation {
    condition     = var.sender.canonical_url == "" || can(regex("^https?://[^\\s?#{}]+\\{slug\\}[^\\s{}]*$", var.sender.canonical_url))
    error_message = "sender.canonical_url is a URL with {slug} in its path, such as https://blog.example.com/posts/{slug}, not ${jsonencode(var.sender.canonical_url)}."
  }

  validation {
    condition     = var.sender.canonical_url == "" || var.sender.sanity != null
    error_message = "sender.canonical_url is for posts, which only sanity has; what other senders send is passed through as it is. Leave it out."
  }

  validation {
    condition     = var.sender.sanity == null ? true : can(regex("^[a-z0-9][a-z0-9-]*$", var.sender.sanity.project_id))
    error_message = "sender.sanity.project_id is small letters, digits and '-', as Sanity's project page shows it, such as zp7mbokg."
  }

  validation {
    condition     = var.sender.sanity == null ? true : can(regex("^[~a-z0-9][a-z0-9_-]{0,63}$", var.sender.sanity.dataset))
    error_message = "sender.sanity.dataset is 1 to 64 small letters, digits, '_' and '-', such as production."
  }

  validation {
    condition     = var.sender.sanity == null ? true : can(regex("^v[0-9]{4}-[0-9]{2}-[0-9]{2}$", var.sender.sanity.api_version))
    error_message = "sender.sanity.api_version is a date with a v before it, such as v2025-02-19."
  }

  validation {
    condition     = try(var.sender.sanity.api_url, null) == null ? true : can(regex("^(https://[A-Za-z0-9.-]+(:[0-9]+)?|http://127\\.0\\.0\\.1:[0-9]+)$", var.sender.sanity.api_url))
    error_message = "sender.sanity.api_url is https:// and a host, without a path (http:// only for a stand-in on 127.0.0.1)."
  }

  validation {
    condition     = try(var.sender.sanity.api_url, null) == null ? true : !strcontains(var.sender.sanity.api_url, "apicdn")
    error_message = "sender.sanity.api_url is Sanity's CDN, which may answer with what the document was before the webhook. Use https://${try(var.sender.sanity.project_id, "PROJECT")}.api.sanity.io."
  }

  validation {
    condition     = try(var.sender.sanity.query, "") == "" ? true : strcontains(var.sender.sanity.query, "$id")
    error_message = "sender.sanity.query does not use $id, the document that the webhook is about: begin it with *[_id == $id && _type == $type][0]."
  }

  validation {
    condition     = length(try(var.sender.sanity.query, "")) <= 3000
    error_message = "sender.sanity.query has ${length(try(var.sender.sanity.query, ""))} characters, and a function's environment holds 4 KB: at most 3000."
  }
}

locals {
  _sender_kinds = [
    for kind in ["sanity", "github", "stripe", "standard_webhooks"] : kind if var.sender[kind] != null
  ]
  sender = one(slice(concat(local._sender_kinds, ["none"]), 0, 1))
}
