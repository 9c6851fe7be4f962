variable "vpc" {
  description = <<-EOT
    VPC of the functions, for organisations that want all functions in one. Their calls go through it: they need a NAT gateway, or VPC endpoints of Secrets Manager, Step Functions and your OpenSearch domains, and with `sender.sanity` a way to its API. Default null: no VPC.

    - `subnet_ids`: private subnets of one VPC, best in two availability zones or more. At most 16.
    - `security_group_ids`: at most 5.
  EOT
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) >= 1 && length(var.vpc.subnet_ids) <= 16 && length(var.vpc.security_group_ids) >= 1 && length(var.vpc.security_group_ids) <= 5
    error_message = "vpc has 1 to 16 subnet_ids and 1 to 5 security_group_ids."
  }

  validation {
    condition = var.vpc == null ? true : alltrue(concat(
      [for id in var.vpc.subnet_ids : startswith(id, "subnet-")],
      [for id in var.vpc.security_group_ids : startswith(id, "sg-")],
    ))
    error_message = "vpc.subnet_ids are ids such as subnet-0123456789abcdef0, and vpc.security_group_ids such as sg-0123456789abcdef0: neither ARNs nor names."
  }
}
