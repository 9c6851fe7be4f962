variable "schemas" {
  description = "Named JSON Schemas (draft 4, JSON texts) for the routes' `schema`, and for one another: `{ \"$ref\" = \"#/components/schemas/NAME\" }`. Names are letters and digits."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in keys(var.schemas) : can(regex("^[A-Za-z][A-Za-z0-9]*$", name)) && !contains(["AnyValue", "ErrorResponse"], name)])
    error_message = "Names of schemas are letters and digits; AnyValue and ErrorResponse are the module's."
  }

  validation {
    condition     = alltrue([for schema in values(var.schemas) : can(jsondecode(schema))])
    error_message = "schemas are JSON texts: use jsonencode. Not so: ${join(", ", [for name, schema in var.schemas : name if !can(jsondecode(schema))])}."
  }

  validation {
    condition = alltrue([
      for schema in values(var.schemas) : length(regexall("\"exclusiveM(in|ax)imum\": ?[-0-9]", schema)) == 0
    ])
    error_message = "API Gateway's schemas are draft 4: exclusiveMinimum and exclusiveMaximum are true or false beside minimum and maximum, not numbers."
  }

  validation {
    condition = alltrue(flatten([
      for schema in values(var.schemas) : [
        for reference in flatten(regexall("\"\\$ref\": ?\"([^\"]*)\"", schema)) :
        contains([for name in keys(var.schemas) : "#/components/schemas/${name}"], reference)
      ]
    ]))
    error_message = "A $ref in a schema is \"#/components/schemas/NAME\", NAME being a key of schemas (${join(", ", keys(var.schemas))})."
  }
}
