# The URL: a constant where everything in it is, else an expression that begins with
# its constant part, which the role's policy is then limited to.

locals {
  # Constant fields are put in their places; between two marks are the names of others.
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

  # What the secret says before that is not looked at: the host is this one.
  secret_endpoint = "{% '${local.endpoint == null ? "" : local.endpoint}' & $substringAfter($notifier_url, '${local.endpoint == null ? "" : local.endpoint}') %}"
}
