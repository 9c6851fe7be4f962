# A destination is claimed for one execution at a time, and for no older version than it
# has seen.

locals {
  _keys = {
    for key in keys(var.destinations) : key => {
      post_id     = { S = "{% $post.id %}" }
      destination = { S = key }
    }
  }

  # By what the post of a create whose end is not known can be found.
  _sent = {
    slug = { S = "{% $exists($post.slug) ? $post.slug : '' %}" }
    url  = { S = "{% $exists($post.canonical_url) ? $post.canonical_url : '' %}" }
  }

  # A longer time than a branch can take; after it the execution has been stopped.
  _lease_seconds = max([
    for key, traits in local._traits : sum([
      # The writes to the table, with their retries.
      900,
      # An update with its retries, after everything else.
      60 + sum([for kind in ["server_error", "unreachable"] : traits.retry[kind].max_attempts * (60 + traits.retry[kind].max_delay_seconds)]),
      # Each try: a pause, a create, a look for it with its retries.
      (1 + max(traits.retry.throttled.max_attempts, local._max_tries[key])) * sum([
        max(traits.retry.throttled.max_delay_seconds, traits.retry.server_error.max_delay_seconds, traits.find_after),
        60,
        traits.can_find ? 60 + sum([for kind in ["server_error", "unreachable"] : traits.retry[kind].max_attempts * (60 + traits.retry[kind].max_delay_seconds)]) : 0,
      ]),
    ])
  ]...)

  _now = "$floor($millis() / 1000)"

  _claim_states = {
    for key, traits in local._traits : key => {
      "${key}: claim" = merge(local._write, {
        Arguments = {
          TableName = local._table_name
          Key       = local._keys[key]
          ConditionExpression = join(" AND ", [
            "(attribute_not_exists(#version) OR #version < :version OR (#version = :version AND NOT (#status IN (:published, :removed) AND revision = :revision)))",
            "(attribute_not_exists(claimed_by) OR claimed_by = :me OR claimed_until < :now)",
          ])
          UpdateExpression = join(" ", [
            "SET #version = :version, revision = :revision, claimed_by = :me, claimed_until = :until, sending = :version,",
            "sent_slug = if_not_exists(sent_slug, :slug), sent_url = if_not_exists(sent_url, :url) REMOVE delete_at",
          ])
          ExpressionAttributeNames = { "#version" = "version", "#status" = "status" }
          ExpressionAttributeValues = {
            ":version"   = { N = "{% $string($version) %}" }
            ":revision"  = { S = "{% $exists($post.revision) ? $post.revision : '' %}" }
            ":me"        = { S = "{% $states.context.Execution.Id %}" }
            ":now"       = { N = "{% $string(${local._now}) %}" }
            ":until"     = { N = "{% $string(${local._now} + ${local._lease_seconds}) %}" }
            ":published" = { S = "published" }
            ":removed"   = { S = "removed" }
            ":slug"      = local._sent.slug
            ":url"       = local._sent.url
          }
          ReturnValues = "ALL_OLD"
        }
        # Of what was there before: a create that is looked for has its own slug and
        # URL, not today's.
        Assign = merge({
          sent = {
            slug          = "{% $exists($states.result.Attributes.sent_slug.S) ? $states.result.Attributes.sent_slug.S : $exists($post.slug) ? $post.slug : '' %}"
            canonical_url = "{% $exists($states.result.Attributes.sent_url.S) ? $states.result.Attributes.sent_url.S : $exists($post.canonical_url) ? $post.canonical_url : '' %}"
          }
          remote_id   = "{% $exists($states.result.Attributes.remote_id.S) ? $states.result.Attributes.remote_id.S : '' %}"
          url         = "{% $exists($states.result.Attributes.url.S) ? $states.result.Attributes.url.S : '' %}"
          is_sending  = "{% $exists($states.result.Attributes.sending) %}"
          is_doubtful = "{% $exists($states.result.Attributes.sending) %}"
          is_searched = false
          tries       = 0
          done        = "CREATED"
        }, traits.pages > 1 ? { page = 1 } : null)
        Output = {}
        Catch = [
          { ErrorEquals = [local._condition_failed], Next = "${key}: look" },
          local._broken[key],
        ]
        Next = "${key}: act"
      })

      "${key}: look" = merge(local._read, {
        Arguments = { TableName = local._table_name, Key = local._keys[key], ConsistentRead = true }
        Assign = {
          seen       = "{% $exists($states.result.Item.version.N) ? $number($states.result.Item.version.N) : 0 %}"
          is_done    = "{% $states.result.Item.status.S in ['published', 'removed'] and $states.result.Item.revision.S = ($exists($post.revision) ? $post.revision : '') %}"
          claimed_at = "{% $exists($states.result.Item.claimed_until.N) ? $number($states.result.Item.claimed_until.N) - ${local._lease_seconds} : ${local._now} %}"
          remote_id  = "{% $exists($states.result.Item.remote_id.S) ? $states.result.Item.remote_id.S : '' %}"
          url        = "{% $exists($states.result.Item.url.S) ? $states.result.Item.url.S : '' %}"
        }
        Output = {}
        Catch  = [local._broken[key]]
        Next   = "${key}: seen"
      })

      "${key}: seen" = {
        Type = "Choice"
        Choices = [
          { Condition = "{% $seen > $version %}", Next = "${key}: superseded" },
          { Condition = "{% $seen = $version and $is_done %}", Next = "${key}: unchanged" },
        ]
        Default = "${key}: wait"
      }

      # Another execution has it: half as long again as it has had it, so that a long
      # wait does not fill the history.
      "${key}: wait" = {
        Type    = "Wait"
        Seconds = "{% $max([2, $min([60, $floor((${local._now} - $claimed_at) / 2)])]) %}"
        Next    = "${key}: claim"
      }
    }
  }

  _broken = {
    for key in keys(var.destinations) : key => {
      ErrorEquals = ["States.ALL"]
      Assign = {
        failure = {
          error = "{% $states.errorOutput.Error %}"
          cause = "{% $exists($states.errorOutput.Cause) ? $substring($string($states.errorOutput.Cause), 0, 1000) : '' %}"
        }
        remote_id = ""
        url       = ""
      }
      Next = "${key}: broken"
    }
  }
}
