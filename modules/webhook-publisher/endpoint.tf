# The URL of each operation: a constant where everything in it is, else an expression that
# begins with its constant part, which the role's policy is then limited to.

locals {
  # A segment in JSONata stays one: no slash, and no step up.
  _addresses = {
    for key, operations in local._operations : key => {
      for name, operation in operations : name => [
        for number, piece in split("\u0001", replace(replace(join("", [local._endpoints[key], local._paths[key][name]]), "{%", "\u0001"), "%}", "\u0001")) :
        number % 2 == 0 ? "'${piece}'" : join("", [
          "($part := $string(${trimspace(piece)}); ",
          "$exists($part) and $not($part in ['', '.', '..']) ? $encodeUrlComponent($part) : ",
          "$error('${key}: there is nothing usable for the path'))",
        ]) if number % 2 == 1 || piece != ""
      ]
    }
  }
  _paths = {
    for key, operations in local._operations : key => {
      for name, operation in operations : name => join("", [
        for number, piece in split("\u0001", replace(operation.path, "/\\{([a-z][a-z0-9_]*)\\}/", "\u0001$1\u0001")) :
        number % 2 == 0 ? piece : replace(urlencode(try(var.destinations[key].settings[piece], "")), "+", "%20")
      ])
    }
  }
  _urls = {
    for key, addresses in local._addresses : key => {
      for name, pieces in addresses : name => length(pieces) == 1 ? trim(pieces[0], "'") : "{% ${join(" & ", pieces)} %}"
    }
  }
}
