# "ann@example.com" or "Ann Lee <ann@example.com>": { email, name }.

locals {
  address_pattern = "^(?:([^<>]*)<\\s*([^<>\\s@]+@[^<>\\s@]+)\\s*>|([^<>\\s@]+@[^<>\\s@]+))$"

  _people = {
    for which, texts in { approvers = var.approvers, escalate_to = var.escalate_to } :
    which => [
      for match in [for text in texts : regex(local.address_pattern, trimspace(text))] : {
        email = lower(match[1] == null ? match[2] : match[1])
        name  = match[0] == null ? "" : trim(match[0], " \t\"")
      }
    ]
  }
  # The sender's address in "Approvals <approvals@example.com>", whose name may have an
  # "@", too.
  _ses_match  = try(regex(local.address_pattern, trimspace(var.ses.from)), [])
  ses_address = try(coalesce(local._ses_match[1], local._ses_match[2]), null)

  approvers  = local._people.approvers
  escalation = local._people.escalate_to

  _quorum = {
    any = 1
    all = length(var.approvers)
  }
  votes_needed = try(local._quorum[var.quorum], tonumber(var.quorum))
}
