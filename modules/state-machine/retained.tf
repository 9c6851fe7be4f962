# Permissions of older versions that the alias still routes to.
#
# Terraform cannot read the definition of an older version, so the policy
# `deployed` records the versions of each statement in its Sid: `v7v8n0` for 7
# and 8. Terraform reads the role with its policies before it plans.
# `inline_policy` is deprecated as an argument; here it is only read.

locals {
  _records_versions = var.alias != null && local.makes_role
  _newest_version = !local._records_versions ? "" : (
    element(split(":", aws_sfn_state_machine.this.state_machine_version_arn), -1)
  )

  # Terraform has read the alias's routing, which a rollout may have changed
  # since the last apply.
  _routed_versions = distinct([
    for arn in concat(
      flatten([for alias in aws_sfn_alias.managed_by_rollout : alias.routing_configuration[*].state_machine_version_arn]),
      try(var.alias.canary_weight, 100) < 100 ? [var.alias.stable_version_arn] : [],
    ) : element(split(":", arn), -1)
  ])

  # Empty for a role that is being made, and for permissions.role_arn.
  _previous_statements = try(jsondecode([
    for policy in aws_iam_role.this[0].inline_policy : policy.policy if policy.name == "deployed"
  ][0]).Statement, [])

  # A policy without such Sids is from a release that recorded no versions: all
  # its statements are kept.
  _has_sids = anytrue([for statement in local._previous_statements : can(regex("^v[0-9]", statement.Sid))])
  _recorded_statements = [
    for statement in local._previous_statements : {
      statement = statement
      versions  = local._has_sids ? regexall("v([0-9]+)", statement.Sid)[*][0] : local._routed_versions
    }
    # Statements that were added by hand are dropped.
    if !local._has_sids || can(regex("^v[0-9]", statement.Sid))
  ]
  _recorded_versions = distinct(flatten(local._recorded_statements[*].versions))

  retained_versions = [
    for version in local._routed_versions : version
    if contains(local._recorded_versions, version) && version != local._newest_version
  ]
  _statement_versions = concat(
    [for statement in local.statements : { statement = statement, versions = [local._newest_version] }],
    [
      for recorded in local._recorded_statements : {
        statement = recorded.statement
        versions  = [for version in recorded.versions : version if contains(local.retained_versions, version)]
      }
      # The newest version may need what a Deny of an older one refuses.
      if recorded.statement.Effect == "Allow"
    ],
  )

  # Each resource once, with all versions that use it in the same way.
  _versions_by_use = {
    for use in flatten([
      for each in local._statement_versions : [
        for pair in setproduct(each.statement.Resource, each.versions) : {
          resource = pair[0]
          version  = pair[1]
          how = jsonencode({
            for name, part in each.statement : name => part if !contains(["Sid", "Resource"], name)
          })
        }
      ]
    ]) : jsonencode([use.how, use.resource]) => use.version...
  }
  _resources_by_versions = {
    for use, versions in local._versions_by_use :
    jsonencode([jsondecode(use)[0], sort(distinct(versions))]) => jsondecode(use)[1]...
  }

  deployed_policy = !local._records_versions ? local.policy : jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        for number, group in keys(local._resources_by_versions) : merge(
          jsondecode(jsondecode(group)[0]),
          {
            Sid      = "v${join("v", jsondecode(group)[1])}n${number}"
            Resource = local._resources_by_versions[group]
          },
        )
      ],
      # Records the versions themselves: one may have no statements.
      [{
        Sid      = "v${join("v", sort(concat([local._newest_version], local.retained_versions)))}"
        Effect   = "Deny"
        Action   = ["none:null"]
        Resource = ["*"]
      }],
    )
  })

  # Known at plan, except for a role that is being made.
  unrecorded_versions = !local._records_versions ? [] : [
    for version in local._routed_versions : version
    if !contains(concat(
      length(local._previous_statements) == 0 ? [local._newest_version] : local._recorded_versions,
      keys(var.permissions.retained_definitions),
    ), version)
  ]
}
