# What a workflow of the caller's gets: one state. Where the URL is a secret it is a
# Parallel with one branch, which reads it first.

locals {
  _plain_task = merge(
    { QueryLanguage = "JSONata" },
    local._send.task,
    length(local._retry) > 0 ? { Retry = local._retry } : null,
  )

  # Names of states are unique in the whole workflow.
  _read_name = "${var.name}: read the URL"
  _send_name = "${var.name}: send"
  _reading_task = {
    QueryLanguage = "JSONata"
    Type          = "Parallel"
    Branches = [{
      StartAt = local._read_name
      States = {
        (local._read_name) = merge({ QueryLanguage = "JSONata" }, local._read_url, { Next = local._send_name })
        (local._send_name) = merge(local._plain_task, { End = true })
      }
    }]
    Output = "{% $states.result[0] %}"
  }

  _task = merge(
    local._is_url_secret ? local._reading_task : null,
    local._is_url_secret ? null : local._plain_task,
  )
}
