# The values of workflow/*.asl.yaml.

locals {
  values = merge(local.expressions, {
    partition          = data.aws_partition.this.partition
    table_name         = aws_dynamodb_table.orders.name
    approval_threshold = var.approval_threshold
    decision_timeout   = var.decision_timeout
    retention_in_days  = var.retention_in_days
    process_task       = local.process_task
  })

  # The expressions that are longer than a line.
  expressions = {
    for file in fileset("${path.module}/workflow", "*.jsonata") :
    trimsuffix(file, ".jsonata") => trimspace(file("${path.module}/workflow/${file}"))
  }

  # JSON is YAML, except for a few characters, which YAML takes as escapes only.
  process_task = var.process_task == null ? null : join("", [
    for text in regexall("[\u007f-\u009f\ufffe\uffff]|[^\u007f-\u009f\ufffe\uffff]+", jsonencode(jsondecode(var.process_task))) :
    lookup(local.yaml_escapes, text, text)
  ])
  yaml_escapes = {
    for code in concat(range(127, 160), [65534, 65535]) :
    jsondecode(format("\"\\u%04x\"", code)) => format("\\u%04x", code)
  }
}

data "aws_partition" "this" {}
