variable "definition" {
  description = "Definition (ASL, JSON) that the role has to serve."
  type        = string
  nullable    = false
}

variable "retained_definitions" {
  description = "Earlier ones that executions still run, by what the caller calls them."
  type        = map(string)
  default     = {}
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
