# The branch of each destination: workflow/branch.asl.yaml with its traits.

locals {
  branches = {
    for key, traits in local._traits : key => yamldecode(templatefile("${path.module}/workflow/branch.asl.yaml", merge(traits, {
      destination       = key
      partition         = local._partition
      table_name        = local._table_name
      retention_seconds = var.retention_in_days * 86400
      lease_seconds     = local._lease_seconds
      max_tries         = local.max_tries[key]

      requests = local.requests[key]
      problem  = local.problems[key]
      ends     = local.ends[key]

      throttled_error         = local.errors[key].throttled
      not_found_errors        = local.errors[key].not_found
      version_conflict_errors = local.errors[key].version_conflict
      may_have_got_through    = "($failure.again or $failure.error in ${jsonencode(concat(local.errors[key].server_error, local.errors[key].unreachable, ["States.Timeout"]))})"
      cause                   = traits.is_signed ? local.lambda_cause : local.http_cause
      retry_after             = trimspace(file("${path.module}/workflow/failure_after.jsonata"))
    })))
  }

  max_tries = {
    for key, traits in local._traits : key => max(traits.retry.server_error.max_attempts, traits.retry.unreachable.max_attempts)
  }

  # A longer time than a branch can take; after it the execution has been stopped.
  _lease_seconds = max([
    for key, traits in local._traits : sum([
      # The writes to the table, with their retries.
      900,
      # An update with its retries, after everything else.
      60 + sum([for kind in ["server_error", "unreachable"] : traits.retry[kind].max_attempts * (60 + traits.retry[kind].max_delay_seconds)]),
      # Each try: a pause, a create, a look for it with its retries.
      (1 + max(traits.retry.throttled.max_attempts, local.max_tries[key])) * sum([
        max(traits.retry.throttled.max_delay_seconds, traits.retry.server_error.max_delay_seconds, traits.search_after_seconds),
        60,
        traits.can_search ? 60 + sum([for kind in ["server_error", "unreachable"] : traits.retry[kind].max_attempts * (60 + traits.retry[kind].max_delay_seconds)]) : 0,
      ]),
    ])
  ]...)

  http_cause = "{% $exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : '' %}"
  # Without Lambda's wrapping.
  lambda_cause = "{% $substring($states.errorOutput.Cause, 0, 1) = '{' ? $parse($states.errorOutput.Cause).errorMessage : $states.errorOutput.Cause %}"
}
