variable "definition" {
  description = "Definition (ASL, JSON) whose permissions are derived."
  type        = string
  nullable    = false
}

variable "retained_definitions" {
  description = "Earlier definitions that executions still run, by any key."
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
  description = "Name, partition, region and account of the state machine."
  type = object({
    name      = string
    partition = string
    region    = string
    account   = string
  })
  nullable = false
}
