locals {
  _newest_version_arn = aws_sfn_state_machine.this.state_machine_version_arn

  # AWS takes neither a version twice nor one without traffic. For a machine
  # that does not change, the newest version is known at plan, and so are the
  # routes.
  routes = (
    var.alias == null ? [] :
    var.alias.canary_weight == 100 ? [{ version = local._newest_version_arn, weight = 100 }] :
    var.alias.canary_weight == 0 ? [{ version = var.alias.stable_version_arn, weight = 100 }] :
    var.alias.stable_version_arn == local._newest_version_arn ? [{ version = local._newest_version_arn, weight = 100 }] :
    [
      { version = var.alias.stable_version_arn, weight = 100 - var.alias.canary_weight },
      { version = local._newest_version_arn, weight = var.alias.canary_weight },
    ]
  )

  alias = one(concat(aws_sfn_alias.this, aws_sfn_alias.managed_by_rollout))
}

resource "aws_sfn_alias" "this" {
  count = try(var.alias.routing_managed_by, "") == "TERRAFORM" ? 1 : 0

  name = var.alias.name

  dynamic "routing_configuration" {
    for_each = local.routes
    content {
      state_machine_version_arn = routing_configuration.value.version
      weight                    = routing_configuration.value.weight
    }
  }

  lifecycle {
    # Deleting a machine deletes its aliases.
    replace_triggered_by = [terraform_data.identity]
  }
}

moved {
  from = aws_sfn_alias.left_to_rollouts
  to   = aws_sfn_alias.managed_by_rollout
}

# The same alias, but rollouts change its routing after it was made.
resource "aws_sfn_alias" "managed_by_rollout" {
  count = try(var.alias.routing_managed_by, "") == "ROLLOUT" ? 1 : 0

  name = var.alias.name

  dynamic "routing_configuration" {
    for_each = local.routes
    content {
      state_machine_version_arn = routing_configuration.value.version
      weight                    = routing_configuration.value.weight
    }
  }

  lifecycle {
    ignore_changes       = [routing_configuration]
    replace_triggered_by = [terraform_data.identity]
  }

  # Both aliases have one name: the old one is deleted before the new one is
  # made.
  depends_on = [aws_sfn_alias.this]
}

resource "terraform_data" "identity" {
  input = { name = var.name, type = var.type }

  depends_on = [terraform_data.definition]
}
