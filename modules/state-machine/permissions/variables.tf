variable "definitions" {
  description = "Definitions (ASL, JSON) that the role has to serve: the machine's own first, then those that executions still run."
  type        = list(string)
  nullable    = false
}

variable "type" {
  description = "STANDARD or EXPRESS."
  type        = string
  nullable    = false
}

variable "targets" {
  description = "ARNs for each IAM action whose target a definition names only at run time."
  type        = map(list(string))
  nullable    = false
}

variable "machine" {
  description = "The machine: its name, and where it is."
  type = object({
    name      = string
    partition = string
    region    = string
    account   = string
  })
  nullable = false
}
