data "aws_partition" "this" {}

data "aws_region" "this" {}

data "aws_caller_identity" "this" {}

resource "aws_api_gateway_rest_api" "this" {
  name                         = var.name
  body                         = local.document
  disable_execute_api_endpoint = try(var.domain.only, false)
  tags                         = var.tags

  endpoint_configuration {
    types            = [var.endpoint.type]
    vpc_endpoint_ids = length(var.endpoint.vpc_endpoint_ids) == 0 ? null : var.endpoint.vpc_endpoint_ids
  }

  lifecycle {
    precondition {
      condition     = length(local.route_problems) == 0
      error_message = join("\n", local.route_problems)
    }
  }
}

locals {
  # A resource policy takes effect when it is deployed, like the document.
  revision = sha256(local.policy == null ? local.document : "${local.document}${local.policy}")
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id

  # The document and the policy are all that is deployed. A hash of resources
  # would change with every attribute that the provider reads back, and never
  # settle. With a canary this remains the deployment from before it.
  triggers = { document = var.canary == null ? local.revision : var.canary.stable_revision }

  depends_on = [aws_api_gateway_rest_api_policy.this]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_deployment" "canary" {
  count = var.canary == null ? 0 : 1

  rest_api_id = aws_api_gateway_rest_api.this.id
  triggers    = { document = local.revision }

  depends_on = [aws_api_gateway_rest_api_policy.this]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_stage" "this" {
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = var.stage_name
  variables            = var.stage_variables
  xray_tracing_enabled = var.tracing
  tags                 = var.tags

  dynamic "canary_settings" {
    for_each = var.canary == null ? [] : [var.canary]

    content {
      deployment_id            = aws_api_gateway_deployment.canary[0].id
      percent_traffic          = canary_settings.value.percent_traffic
      stage_variable_overrides = canary_settings.value.stage_variables
    }
  }

  dynamic "access_log_settings" {
    for_each = var.access_logs == null ? [] : [var.access_logs]

    content {
      destination_arn = aws_cloudwatch_log_group.access[0].arn
      format          = jsonencode(local.access_log)
    }
  }

  # Requests that arrive before the role has its policy would fail.
  depends_on = [aws_iam_role_policy.this]
}
