# The definition of the state machine, and the output task. Both have the states in
# workflow/send.yaml and, where the URL is a secret, workflow/read_url.yaml.

locals {
  read_url = !local.is_url_secret ? null : yamldecode(templatefile("${path.module}/workflow/read_url.yaml", {
    partition  = data.aws_partition.this.partition
    secret_arn = var.endpoint_secret_arn
  }))

  record = trimspace(templatefile("${path.module}/workflow/record.jsonata", {
    name    = var.name
    host    = local.host
    refusal = try(local.preset.refusal, null)
    id      = try(local.preset.id, null)
  }))

  pause = trimspace(templatefile("${path.module}/workflow/pause.jsonata", merge(var.retry.throttled, {
    retry_after = trimspace(file("${path.module}/../http-connection/request/retry_after.jsonata"))
  })))

  # Names of states are unique in the whole workflow.
  _read_url_name = "${var.name}: read the URL"
  _send_name     = "${var.name}: send"

  task = merge(
    { QueryLanguage = "JSONata" },
    local.is_url_secret ? null : module.send["task"].value,
    !local.is_url_secret ? null : {
      Type = "Parallel"
      Branches = [{
        StartAt = local._read_url_name
        States = {
          (local._read_url_name) = merge({ QueryLanguage = "JSONata" }, local.read_url, { Next = local._send_name })
          (local._send_name)     = merge({ QueryLanguage = "JSONata" }, module.send["task"].value, { End = true })
        }
      }]
      Output = "{% $states.result[0] %}"
    },
  )
}

data "aws_partition" "this" {}

# One for the output task, and one for the state machine: their idempotency keys and
# their retries differ.
module "send" {
  source   = "../state-machine/yaml"
  for_each = local.expressions

  text = templatefile("${path.module}/workflow/send.yaml", {
    partition      = data.aws_partition.this.partition
    connection_arn = var.connection_arn
    endpoint       = local.url
    method         = local.method
    headers        = { for name, value in local.headers : name => each.value[value] }
    query          = { for name, value in local.query : name => each.value[value] }
    body           = local.body == null ? null : var.body == null ? jsonencode(each.value[local.body]) : local.body
    array_format   = local.array_format
    record         = local.record
    retry          = var.retry
    retried_errors = local.retried_errors[each.key]
  })
}

module "definition" {
  source = "../state-machine/yaml"
  count  = var.state_machine == null ? 0 : 1

  text = templatefile("${path.module}/workflow/notify.asl.yaml", {
    partition      = data.aws_partition.this.partition
    host           = local.host
    read_url       = local.read_url == null ? null : jsonencode(local.read_url)
    send           = jsonencode(module.send["machine"].value)
    throttled      = var.retry.throttled
    dead_letter    = local.dead_letter
    after_last_try = var.state_machine.after_last_try
    cause          = trimspace(file("${path.module}/workflow/cause.jsonata"))
    message        = trimspace(templatefile("${path.module}/workflow/dead_letter.jsonata", { name = var.name }))
    pause          = local.pause
  })
}
