# What versions may do that the alias still routes to, beside the newest one.
#
# AWS tells Terraform no older version's definition, so the policy `deployed` itself
# remembers: a Sid says for which versions its statement is, `v7v8n0` for 7 and 8.
# Terraform reads the role before it plans, and with it the policies that it has: to
# read is what `inline_policy` is here for, to write them it is deprecated.

locals {
  _versioned = var.alias != null && local.derive
  _newest_number = !local._versioned ? "" : (
    element(split(":", aws_sfn_state_machine.this.state_machine_version_arn), -1)
  )

  # A rollout has moved its alias since the last apply: Terraform has read where to.
  _routed = distinct([
    for arn in concat(
      flatten([for alias in aws_sfn_alias.left_to_rollouts : alias.routing_configuration[*].state_machine_version_arn]),
      try(var.alias.canary_weight, 100) < 100 ? [var.alias.stable_version_arn] : [],
    ) : element(split(":", arn), -1)
  ])

  # A role that is only now made has none, and one of your own is not read.
  _before = try(jsondecode([
    for policy in aws_iam_role.this[0].inline_policy : policy.policy if policy.name == "deployed"
  ][0]).Statement, [])

  # A policy without such Sids is of a release that kept the last definition's alone:
  # nothing of it is taken away.
  _has_sids = anytrue([for statement in local._before : can(regex("^v[0-9]", statement.Sid))])
  _remembered = [
    for statement in local._before : {
      statement = statement
      versions  = local._has_sids ? regexall("v([0-9]+)", statement.Sid)[*][0] : local._routed
    }
    # What somebody wrote into it by hand goes.
    if !local._has_sids || can(regex("^v[0-9]", statement.Sid))
  ]
  _remembered_versions = distinct(flatten(local._remembered[*].versions))

  retained_versions = [
    for version in local._routed : version
    if contains(local._remembered_versions, version) && version != local._newest_number
  ]
  _uses = concat(
    [for statement in local.statements : { statement = statement, versions = [local._newest_number] }],
    [
      for remembered in local._remembered : {
        statement = remembered.statement
        versions  = [for version in remembered.versions : version if contains(local.retained_versions, version)]
      }
      # What was denied to an older version the newest may need.
      if remembered.statement.Effect == "Allow"
    ],
  )

  # Each resource stands once, with all versions that use it in the same way.
  _versions_by_use = {
    for use in flatten([
      for each in local._uses : [
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

  deployed_policy = !local._versioned ? local.policy : jsonencode({
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
      # Says only which versions are remembered: one may need nothing at all.
      [{
        Sid      = "v${join("v", sort(concat([local._newest_number], local.retained_versions)))}"
        Effect   = "Deny"
        Action   = ["none:null"]
        Resource = ["*"]
      }],
    )
  })

  # Known when Terraform plans, but for a role that is only now made.
  forgotten = !local._versioned ? [] : [
    for version in local._routed : version
    if !contains(concat(
      length(local._before) == 0 ? [local._newest_number] : local._remembered_versions,
      keys(var.permissions.retained_definitions),
    ), version)
  ]
}
