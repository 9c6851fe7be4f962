# Why a request failed, and what follows.

locals {
  # Whether the request may have been carried out all the same.
  _unclear = {
    for key, errors in local._errors : key =>
    "($failure.again or $failure.error in ${jsonencode(concat(errors.server_error, errors.unreachable, ["States.Timeout"]))})"
  }
  _max_tries = {
    for key, traits in local._traits : key => max(traits.retry.server_error.max_attempts, traits.retry.unreachable.max_attempts)
  }

  _retry_states = {
    for key, traits in local._traits : key => merge(
      {
        "${key}: why" = {
          Type = "Choice"
          Choices = [
            for choice in [
              {
                when      = length(traits.stale) > 0
                Condition = "$failure.error in ${jsonencode(local._errors[key].stale)}"
                Next      = "outdated"
              },
              {
                when      = traits.is_addressed
                Condition = "$operation = 'remove' and $remote_id = '' and $failure.error in ${jsonencode(local._errors[key].gone)}"
                Next      = "nothing"
              },
              {
                when      = traits.can_remove
                Condition = "$operation = 'remove' and ($failure.gone or $failure.error in ${jsonencode(local._errors[key].gone)})"
                Next      = "removed"
              },
              {
                when      = true
                Condition = "$failure.error = '${local._errors[key].throttled}' and $tries < ${traits.retry.throttled.max_attempts} and $failure.after <= ${traits.retry.throttled.max_delay_seconds}"
                Assign    = local._try_again[key].throttled
                Next      = "pause"
              },
              {
                when      = traits.taken != null
                Condition = "$operation = 'create' and $not($is_searched) and $contains($failure.cause, ${coalesce(traits.taken, "//")})"
                Next      = "find"
              },
              {
                when      = traits.can_find && !traits.is_repeatable
                Condition = "$operation = 'create' and ${local._unclear[key]} and $tries < ${local._max_tries[key]}"
                Assign    = { tries = "{% $tries + 1 %}", is_doubtful = true }
                Next      = "doubt"
              },
              {
                when      = traits.is_repeatable
                Condition = "$operation = 'create' and ${local._unclear[key]} and $tries < ${local._max_tries[key]}"
                Assign    = merge(local._try_again[key].server_error, { is_doubtful = true })
                Next      = "pause"
              },
              {
                when      = traits.is_graphql
                Condition = "$operation != 'create' and $failure.again and $tries < ${traits.retry.server_error.max_attempts}"
                Assign    = local._try_again[key].server_error
                Next      = "pause"
              },
              {
                when      = !traits.is_repeatable && !traits.can_find
                Condition = "$operation = 'create' and ${local._unclear[key]}"
                Next      = "unsure"
              },
              {
                # Whether there is a post is as open as before.
                when      = traits.is_repeatable || traits.can_find
                Condition = "$operation = 'find' or $is_doubtful or ($operation = 'create' and ${local._unclear[key]})"
                Next      = "postpone"
              },
              ] : merge(
              { Condition = "{% ${choice.Condition} %}", Next = "${key}: ${choice.Next}" },
              { for assign in [try(choice.Assign, null)] : "Assign" => assign if assign != null },
            ) if choice.when
          ]
          Default = "${key}: fail"
        }

        "${key}: pause" = {
          Type    = "Wait"
          Seconds = "{% $pause %}"
          Next    = "${key}: ${length(local._operations[key]) > 1 ? "again" : "create"}"
        }
      },
      length(local._operations[key]) > 1 ? {
        "${key}: again" = {
          Type = "Choice"
          Choices = [
            for name in setsubtract(keys(local._operations[key]), ["create"]) :
            { Condition = "{% $operation = '${name}' %}", Next = "${key}: ${name}" }
          ]
          Default = "${key}: create"
        }
      } : null,
      traits.can_find && !traits.is_repeatable ? {
        "${key}: doubt" = {
          Type    = "Wait"
          Seconds = traits.find_after
          Next    = "${key}: find"
        }
      } : null,
    )
  }

  _try_again = {
    for key, traits in local._traits : key => {
      for kind in ["throttled", "server_error"] : kind => {
        tries = "{% $tries + 1 %}"
        # Up to twice as long as before, at random, unless the other side says.
        pause = join("", [
          "{% ${kind == "throttled" ? "$failure.after > 0 ? $failure.after : " : ""}",
          "$max([1, $ceil($random() * $min([${traits.retry[kind].max_delay_seconds}, ${traits.retry[kind].interval_seconds} * $power(2, $tries)]))]) %}",
        ])
      }
    }
  }
}
