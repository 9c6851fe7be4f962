# What is remembered of how it ended, and the record that the summary lists.

locals {
  _records = {
    for key, traits in local._traits : key => {
      for kind, more in { good = "", failed = ", 'error': $failure.error, 'cause': $failure.cause", lost = ", 'error': 'WebhookPublisher.NotRecorded', 'cause': $states.errorOutput.Cause" } :
      kind => "{% { 'destination': '${key}', 'platform': '${traits.platform}', 'state': %s, 'url': $url, 'remote_id': $remote_id, 'version': $version${more} } %}"
    }
  }

  # Where nothing is to be found any more, nothing is remembered to be there.
  _is_there = {
    ":remote_id" = { S = "{% $remote_id %}" }
    ":url"       = { S = "{% $url %}" }
  }
  _is_gone = {
    ":remote_id" = { S = "" }
    ":url"       = { S = "" }
  }
  _delete_at = { ":delete_at" = { N = "{% $string(${local._now} + ${var.retention_in_days * 86400}) %}" } }
  # Of a delivery there is nothing that could change later.
  _kept_for_good = var.sender.sanity != null

  _ends = {
    for key, traits in local._traits : key => merge(
      {
        keep = {
          state  = "$done"
          status = "published"
          set    = "published_version = :version${local._kept_for_good ? "" : ", delete_at = :delete_at"}"
          values = merge(
            local._is_there,
            { ":version" = { N = "{% $string($version) %}" } },
            { for name, value in local._delete_at : name => value if !local._kept_for_good },
          )
        }
        nothing = {
          state  = "'NOTHING_TO_REMOVE'"
          status = "removed"
          set    = "delete_at = :delete_at"
          values = merge(local._is_gone, local._delete_at)
        }
      },
      traits.can_remove ? {
        removed = {
          state  = "'REMOVED'"
          status = "removed"
          set    = "delete_at = :delete_at"
          values = merge(traits.remembers ? local._is_there : local._is_gone, local._delete_at)
        }
      } : null,
      !traits.can_update || !traits.can_remove ? {
        unsupported = {
          state  = "'UNSUPPORTED'"
          status = "published"
          set    = ""
          values = local._is_there
        }
      } : null,
      # The platform has something newer, which did not come from here.
      length(traits.stale) > 0 ? {
        outdated = {
          state  = "'SUPERSEDED'"
          status = "published"
          set    = ""
          values = local._is_there
        }
      } : null,
    )
  }

  # `sending` stays where it is still open whether there is a post.
  _failed_ends = {
    for key, traits in local._traits : key => {
      for name, end in {
        fail     = { when = true, state = "'FAILED'", is_open = false }
        postpone = { when = traits.is_repeatable || traits.can_find, state = "'FAILED'", is_open = true }
        unsure   = { when = !traits.can_find && !traits.is_addressed, state = "'UNSURE'", is_open = true }
      } : name => end if end.when
    }
  }

  _keep_states = {
    for key, ends in local._ends : key => merge(
      {
        for name, end in ends : "${key}: ${name}" => merge(local._write, {
          Arguments = {
            TableName           = local._table_name
            Key                 = local._keys[key]
            ConditionExpression = "claimed_by = :me"
            UpdateExpression = join("", [
              "SET ", join(", ", compact(["#status = :status", "updated_at = :now", "remote_id = :remote_id", "#url = :url", end.set])),
              " REMOVE claimed_by, claimed_until, sending, sent_slug, sent_url, #error, cause",
              end.status == "removed" ? ", published_version" : "",
            ])
            ExpressionAttributeNames = { "#status" = "status", "#url" = "url", "#error" = "error" }
            ExpressionAttributeValues = merge(end.values, {
              ":me"     = { S = "{% $states.context.Execution.Id %}" }
              ":now"    = { S = "{% $now() %}" }
              ":status" = { S = end.status }
            })
          }
          Output = replace(local._records[key].good, "%s", end.state)
          Catch = [{
            ErrorEquals = ["States.ALL"]
            Output      = replace(local._records[key].lost, "%s", "'UNSURE'")
            Next        = "${key}: end"
          }]
          End = true
        })
      },
      {
        for name, end in local._failed_ends[key] : "${key}: ${name}" => merge(local._write, {
          Arguments = {
            TableName           = local._table_name
            Key                 = local._keys[key]
            ConditionExpression = "claimed_by = :me"
            UpdateExpression = join("", [
              "SET #status = :status, updated_at = :now, remote_id = :remote_id, #url = :url, #error = :error, cause = :cause",
              " REMOVE claimed_by, claimed_until", end.is_open ? "" : ", sending, sent_slug, sent_url",
            ])
            ExpressionAttributeNames = { "#status" = "status", "#url" = "url", "#error" = "error" }
            ExpressionAttributeValues = merge(local._is_there, {
              ":me"     = { S = "{% $states.context.Execution.Id %}" }
              ":now"    = { S = "{% $now() %}" }
              ":status" = { S = "failed" }
              ":error"  = { S = "{% $failure.error %}" }
              ":cause"  = { S = "{% $failure.cause %}" }
            })
          }
          Output = replace(local._records[key].failed, "%s", end.state)
          Catch = [{
            ErrorEquals = ["States.ALL"]
            Output      = replace(local._records[key].failed, "%s", end.state)
            Next        = "${key}: end"
          }]
          End = true
        })
      },
      {
        "${key}: superseded" = {
          Type   = "Pass"
          Output = replace(local._records[key].good, "%s", "'SUPERSEDED'")
          End    = true
        }
        "${key}: unchanged" = {
          Type   = "Pass"
          Output = replace(local._records[key].good, "%s", "'UNCHANGED'")
          End    = true
        }
        "${key}: broken" = {
          Type   = "Pass"
          Output = replace(local._records[key].failed, "%s", "'FAILED'")
          End    = true
        }
        "${key}: end" = { Type = "Pass", End = true }
      },
    )
  }
}
