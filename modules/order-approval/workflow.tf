# The values of workflow/*.asl.yaml.

locals {
  values = merge(local.expressions, {
    partition          = data.aws_partition.this.partition
    table_name         = aws_dynamodb_table.orders.name
    approval_threshold = var.approval_threshold
    decision_timeout   = var.decision_timeout
    retention_in_days  = var.retention_in_days
    process_task       = var.process_task == null ? null : jsonencode(jsondecode(var.process_task))
  })

  # The expressions that are longer than a line.
  expressions = {
    for file in fileset("${path.module}/workflow", "*.jsonata") :
    trimsuffix(file, ".jsonata") => trimspace(file("${path.module}/workflow/${file}"))
  }
}

data "aws_partition" "this" {}

module "definition" {
  source = "../state-machine/yaml"

  text = templatefile("${path.module}/workflow/order.asl.yaml", local.values)
}
