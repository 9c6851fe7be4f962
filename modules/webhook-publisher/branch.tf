# What happens for one destination: claim, act, ask, keep. A branch never fails; it ends
# with a record. `sending` in the table is what makes nothing be published twice: it is
# there from before a create until its end is known, and while it is there without a
# remote id, the platform is asked before anything is created.

locals {
  _branches = {
    for key, traits in local._traits : key => {
      StartAt = "${key}: claim"
      States = merge(
        local._claim_states[key],
        {
          "${key}: act" = {
            Type = "Choice"
            Choices = [
              for choice in [
                {
                  when      = traits.is_addressed
                  Condition = "$event.operation = 'delete'"
                  Next      = "remove"
                },
                {
                  when      = !traits.is_addressed
                  Condition = "$event.operation = 'delete' and $remote_id != ''"
                  Next      = traits.can_remove ? "remove" : "unsupported"
                },
                {
                  when      = !traits.is_addressed
                  Condition = "$event.operation = 'delete' and $not($is_sending)"
                  Next      = "nothing"
                },
                {
                  when      = traits.can_find
                  Condition = "$remote_id = '' and $is_sending"
                  Next      = "find"
                },
                {
                  # Whether there is something to delete, nobody can say.
                  when      = !traits.can_find && !traits.is_addressed
                  Condition = "$remote_id = '' and $is_sending${traits.is_repeatable ? " and $event.operation = 'delete'" : ""}"
                  Assign    = { failure = local._unsure_failure }
                  Next      = "unsure"
                },
                {
                  when      = true
                  Condition = "$remote_id != ''"
                  Next      = traits.can_update ? "update" : "unsupported"
                },
                ] : merge(
                { Condition = "{% ${choice.Condition} %}", Next = "${key}: ${choice.Next}" },
                { for assign in [try(choice.Assign, null)] : "Assign" => assign if assign != null },
              ) if choice.when
            ]
            Default = "${key}: create"
          }
        },
        local._request_states[key],
        local._find_states[key],
        local._retry_states[key],
        local._keep_states[key],
      )
    }
  }

  _unsure_failure = {
    error = "WebhookPublisher.Unsure"
    cause = "An earlier attempt may have made the post: nobody answered it."
    again = false
    gone  = false
    after = -1
  }

  _find_states = {
    for key, traits in local._traits : key => {
      for name, state in {
        found = {
          Type = "Choice"
          Choices = concat(
            [
              { Condition = "{% $remote_id != '' and $event.operation = 'delete' %}", Next = "${key}: remove" },
              { Condition = "{% $remote_id != '' %}", Next = "${key}: update" },
            ],
            traits.pages > 1 ? [{ Condition = "{% $is_more %}", Next = "${key}: find" }] : [],
            [{ Condition = "{% $event.operation = 'delete' %}", Next = "${key}: nothing" }],
          )
          Default = "${key}: none"
        }
        # From here on it is this event's create that may have to be looked for.
        none = merge(local._write, {
          Arguments = {
            TableName           = local._table_name
            Key                 = local._keys[key]
            ConditionExpression = "claimed_by = :me"
            UpdateExpression    = "SET sent_slug = :slug, sent_url = :url"
            ExpressionAttributeValues = {
              ":me"   = { S = "{% $states.context.Execution.Id %}" }
              ":slug" = local._sent.slug
              ":url"  = local._sent.url
            }
          }
          Assign = merge({ is_doubtful = false }, traits.pages > 1 ? { page = 1 } : null)
          Output = {}
          Catch  = [local._broken[key]]
          Next   = "${key}: create"
        })
      } : "${key}: ${name}" => state if traits.can_find
    }
  }
}
