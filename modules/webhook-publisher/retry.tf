# Errors of requests, and the Retriers of each operation.
#
# A create has no Retrier for what leaves open whether it got through (5xx, no answer):
# a Retrier hides that there was such an attempt, and after a refusal of the next one
# nobody would look for the post that the first may have made. `why` counts instead.

locals {
  server_errors = [500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524, 529]

  # As an HTTP Task and the function that signs call them.
  status_prefix = { for key, traits in local._traits : key => traits.is_signed ? "OpenSearch" : "States.Http.StatusCode." }
  errors = {
    for key, traits in local._traits : key => {
      throttled    = "${local.status_prefix[key]}429"
      server_error = [for code in local.server_errors : "${local.status_prefix[key]}${code}"]
      unreachable  = [traits.is_signed ? "OpenSearchUnreachable" : "States.Http.Socket"]
      # Nothing was sent yet.
      not_ready = traits.is_signed ? [] : [
        for name in ["AuthInProgress", "ConcurrentModification", "InternalError"] : "Events.ConnectionResource.${name}"
      ]
      not_found        = [for code in traits.not_found_statuses : "${local.status_prefix[key]}${code}"]
      version_conflict = [for code in traits.version_conflict_statuses : "${local.status_prefix[key]}${code}"]
    }
  }

  retries = {
    for key, errors in local.errors : key => concat(
      [
        for kind in ["server_error", "unreachable"] : {
          ErrorEquals     = kind == "unreachable" ? concat(errors.unreachable, errors.not_ready) : errors.server_error
          IntervalSeconds = local._traits[key].retry[kind].interval_seconds
          BackoffRate     = 2
          MaxAttempts     = local._traits[key].retry[kind].max_attempts
          MaxDelaySeconds = local._traits[key].retry[kind].max_delay_seconds
          JitterStrategy  = "FULL"
        } if local._traits[key].retry[kind].max_attempts > 0
      ],
      local.lambda_retries[key],
    )
  }
  create_retries = {
    for key, errors in local.errors : key => concat(
      local._traits[key].retry.unreachable.max_attempts == 0 || length(errors.not_ready) == 0 ? [] : [{
        ErrorEquals     = errors.not_ready
        IntervalSeconds = local._traits[key].retry.unreachable.interval_seconds
        BackoffRate     = 2
        MaxAttempts     = local._traits[key].retry.unreachable.max_attempts
        MaxDelaySeconds = local._traits[key].retry.unreachable.max_delay_seconds
        JitterStrategy  = "FULL"
      }],
      local.lambda_retries[key],
    )
  }
  lambda_retries = {
    for key, traits in local._traits : key => [
      for retrier in try(module.search[0].task.Retry, []) : retrier if traits.is_signed
    ]
  }
}
