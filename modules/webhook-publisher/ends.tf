# How a branch ends: what is written to the table, and the state in its record.

locals {
  # Of a delivery there is nothing that could change later.
  keeps_posts = var.sender.sanity != null

  _failure = ", 'error': $failure.error, 'cause': $failure.cause"
  _lost    = ", 'error': 'WebhookPublisher.NotRecorded', 'cause': $states.errorOutput.Cause"
  _result  = "SET #status = :status, updated_at = :now, remote_id = :remote_id, #url = :url"
  _claim   = " REMOVE claimed_by, claimed_until"
  _sending = ", sending, sent_slug, sent_url"

  _success = { details = "", details_if_lost = local._lost, state_if_lost = "'UNSURE'" }
  _failed  = { status = "failed", is_gone = false, details = local._failure, details_if_lost = local._failure }
  ends = {
    for key, traits in local._traits : key => merge(
      {
        keep = merge(local._success, {
          status  = "published"
          state   = "$done"
          is_gone = false
          update  = "${local._result}, published_version = :version${local.keeps_posts ? "" : ", delete_at = :delete_at"}${local._claim}${local._sending}, #error, cause"
        })
        nothing = merge(local._success, {
          status  = "removed"
          state   = "'NOTHING_TO_REMOVE'"
          is_gone = true
          update  = "${local._result}, delete_at = :delete_at${local._claim}${local._sending}, #error, cause, published_version"
        })
        fail = merge(local._failed, {
          state         = "'FAILED'"
          state_if_lost = "'FAILED'"
          update        = "${local._result}, #error = :error, cause = :cause${local._claim}${local._sending}"
        })
      },
      traits.can_delete ? {
        removed = merge(local._success, {
          status  = "removed"
          state   = "'REMOVED'"
          is_gone = !traits.keeps_remote_id
          update  = "${local._result}, delete_at = :delete_at${local._claim}${local._sending}, #error, cause, published_version"
        })
      } : null,
      !traits.can_update || !traits.can_delete ? {
        unsupported = merge(local._success, {
          status  = "published"
          state   = "'UNSUPPORTED'"
          is_gone = false
          update  = "${local._result}${local._claim}${local._sending}, #error, cause"
        })
      } : null,
      # The platform has something newer, which did not come from here.
      length(traits.version_conflict_statuses) > 0 ? {
        outdated = merge(local._success, {
          status  = "published"
          state   = "'SUPERSEDED'"
          is_gone = false
          update  = "${local._result}${local._claim}${local._sending}, #error, cause"
        })
      } : null,
      # `sending` stays where it is still open whether there is a post.
      traits.is_idempotent || traits.can_search ? {
        postpone = merge(local._failed, {
          state         = "'FAILED'"
          state_if_lost = "'FAILED'"
          update        = "${local._result}, #error = :error, cause = :cause${local._claim}"
        })
      } : null,
      !traits.can_search && !traits.has_deterministic_id ? {
        unsure = merge(local._failed, {
          state         = "'UNSURE'"
          state_if_lost = "'UNSURE'"
          update        = "${local._result}, #error = :error, cause = :cause${local._claim}"
        })
      } : null,
    )
  }
}
