# The URL of the HTTP Task: the endpoint with its fields, or a secret that begins with it.

module "url" {
  source = "../http-connection/request"

  urls = { (var.name) = join("", [
    # The names of fields are at odd positions.
    for number, part in split("\u0001", replace(local.url_template, "/\\{([a-z][a-z0-9_]*)\\}/", "\u0001$1\u0001")) :
    number % 2 == 0 ? part :
    startswith(try(var.fields[part], "{%"), "{%") ? "{% ${local.field_sources[part]} %}" :
    replace(urlencode(var.fields[part]), "+", "%20")
  ]) }
}

locals {
  url_template = local.endpoint == null ? "" : local.endpoint

  # The host is never the secret's.
  _secret_url = "{% '${local.url_template}' & $substringAfter($notifier_url, '${local.url_template}') %}"

  url = local.is_url_secret ? local._secret_url : module.url.endpoints[var.name]
}
