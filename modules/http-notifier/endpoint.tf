# The URL: a constant, or an expression that begins with its constant part, to which the
# role's policy is then limited.

locals {
  # Constant fields are filled in. The names of the others stand between two U+0001.
  _pieces = split("\u0001", join("", [
    for number, text in split("\u0001", replace(local.endpoint == null ? "" : local.endpoint, "/\\{[a-z][a-z0-9_]*\\}/", "\u0001")) :
    join("", [
      text,
      number == length(local.path_fields) ? "" : (
        startswith(try(var.fields[local.path_fields[number]], "{%"), "{%")
        ? "\u0001${local.path_fields[number]}\u0001"
        : replace(urlencode(var.fields[local.path_fields[number]]), "+", "%20")
      ),
    ])
  ]))

  # A field stays within its segment: no slash, and no step up.
  composed_endpoint = length(local._pieces) == 1 ? local._pieces[0] : join("", ["{% ", join(" & ", [
    for number, piece in local._pieces : number % 2 == 0 ? "'${piece}'" : join("", [
      "($part := $string(${local.field_sources[piece]}); ",
      "$exists($part) and $not($part in ['', '.', '..']) ? $encodeUrlComponent($part) : ",
      "$error('${var.name}: there is no usable ${piece} for the URL'))",
    ])
    if number == 0 || piece != ""
  ]), " %}"])

  # The host is never the secret's.
  secret_endpoint = "{% '${local.endpoint == null ? "" : local.endpoint}' & $substringAfter($notifier_url, '${local.endpoint == null ? "" : local.endpoint}') %}"
}
