# What is tried again, and what it would not help.

locals {
  # A retrier names errors one by one; 501 and 505 would be the same again.
  _errors = {
    throttled = ["States.Http.StatusCode.429"]
    server_error = [
      for code in [500, 502, 503, 504, 507, 508, 520, 521, 522, 523, 524, 529] : "States.Http.StatusCode.${code}"
    ]
    unauthorized = ["States.Http.StatusCode.401", "States.Http.StatusCode.407"]
    unreachable = [
      "States.Http.Socket",
      "Events.ConnectionResource.AuthInProgress",
      "Events.ConnectionResource.ConcurrentModification",
      "Events.ConnectionResource.InternalError",
    ]
  }

  _retry = [
    for kind, errors in local._errors : {
      ErrorEquals     = errors
      IntervalSeconds = var.retry[kind].interval_seconds
      BackoffRate     = 2
      MaxAttempts     = var.retry[kind].max_attempts
      MaxDelaySeconds = var.retry[kind].max_delay_seconds
      JitterStrategy  = "FULL"
    } if var.retry[kind].max_attempts > 0
  ]
  # A retrier cannot read a header; the state machine waits by itself.
  _retry_but_throttled = [for retrier in local._retry : retrier if !contains(retrier.ErrorEquals, local._errors.throttled[0])]
}
