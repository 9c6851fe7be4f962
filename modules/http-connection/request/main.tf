# URLs of an HTTP Task: a constant where everything in it is, else an expression that
# begins with its constant part, which the role's policy is then limited to.

variable "urls" {
  description = "URLs, in which a segment of the path or a part of it may be JSONata, `https://api.example.com/posts/{% $id %}`, by what an error calls them."
  type        = map(string)
  nullable    = false
}

locals {
  # Constants and, at odd positions, JSONata.
  parts = {
    for key, url in var.urls : key => split("\u0001", replace(replace(url, "{%", "\u0001"), "%}", "\u0001"))
  }

  # A value stays within its segment: no slash, and no step up.
  terms = {
    for key, parts in local.parts : key => [
      for number, part in parts :
      number % 2 == 0 ? "'${part}'" : join("", [
        "($part := $string(${trimspace(part)}); ",
        "$exists($part) and $not($part in ['', '.', '..']) ? $encodeUrlComponent($part) : ",
        "$error('${key}: no usable value for the URL from ' & ${jsonencode(trimspace(part))}))",
      ]) if number % 2 == 1 || part != ""
    ]
  }
}

output "expressions" {
  description = "The URLs as JSONata."
  value       = { for key, terms in local.terms : key => join(" & ", terms) }
}

output "endpoints" {
  description = "The URLs as `ApiEndpoint` of an HTTP Task: a constant, or `{% JSONata %}`."
  value = {
    for key, terms in local.terms : key => (
      length(terms) == 1 ? trim(terms[0], "'") : "{% ${join(" & ", terms)} %}"
    )
  }
}
