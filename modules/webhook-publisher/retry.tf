# What is tried again by the task itself, and how a failure is told to `why`.
#
# A create has no Retrier for what leaves open whether it got through (5xx, no answer):
# a Retrier hides that there was such an attempt, and after a refusal of the next one
# nobody would look for the post that the first may have made. `why` counts instead.

locals {
  _server_errors = [500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524, 529]

  # As an HTTP Task and the function that signs call them.
  _status = { for key, traits in local._traits : key => traits.is_signed ? "OpenSearch" : "States.Http.StatusCode." }
  _errors = {
    for key, traits in local._traits : key => {
      throttled    = "${local._status[key]}429"
      server_error = [for code in local._server_errors : "${local._status[key]}${code}"]
      unreachable  = [traits.is_signed ? "OpenSearchUnreachable" : "States.Http.Socket"]
      # Nothing was sent yet.
      not_ready = traits.is_signed ? [] : [
        for name in ["AuthInProgress", "ConcurrentModification", "InternalError"] : "Events.ConnectionResource.${name}"
      ]
      gone  = [for code in traits.gone : "${local._status[key]}${code}"]
      stale = [for code in traits.stale : "${local._status[key]}${code}"]
    }
  }

  _retries = {
    for key, errors in local._errors : key => concat(
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
      local._lambda_retries[key],
    )
  }
  _safe_retries = {
    for key, errors in local._errors : key => concat(
      local._traits[key].retry.unreachable.max_attempts == 0 || length(errors.not_ready) == 0 ? [] : [{
        ErrorEquals     = errors.not_ready
        IntervalSeconds = local._traits[key].retry.unreachable.interval_seconds
        BackoffRate     = 2
        MaxAttempts     = local._traits[key].retry.unreachable.max_attempts
        MaxDelaySeconds = local._traits[key].retry.unreachable.max_delay_seconds
        JitterStrategy  = "FULL"
      }],
      local._lambda_retries[key],
    )
  }
  _lambda_retries = {
    for key, traits in local._traits : key => [
      for retrier in try(module.search[0].task.Retry, []) : retrier if traits.is_signed
    ]
  }

  # What a 429 asks for: its headers cannot be seen, and DEV says it in words.
  _failure_after = "{% ${trimspace(file("${path.module}/jsonata/failure_after.jsonata"))} %}"
  _failures = {
    for key, traits in local._traits : key => {
      error = "{% $states.errorOutput.Error %}"
      cause = traits.is_signed ? local._lambda_cause : "{% $exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : '' %}"
      again = false
      gone  = false
      after = local._failure_after
    }
  }
  # Without Lambda's wrapping.
  _lambda_cause = "{% $substring($states.errorOutput.Cause, 0, 1) = '{' ? $parse($states.errorOutput.Cause).errorMessage : $states.errorOutput.Cause %}"
}
