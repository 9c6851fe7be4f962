# The errors that are retried, by kind of failure.

locals {
  # A retrier takes no pattern. 501 and 505 are missing: they would be the same again.
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

  # In the state machine a Wait state waits for as long as a 429 asks for.
  retried_errors = {
    task    = { for kind, errors in local._errors : kind => errors if var.retry[kind].max_attempts > 0 }
    machine = { for kind, errors in local._errors : kind => errors if var.retry[kind].max_attempts > 0 && kind != "throttled" }
  }
}
