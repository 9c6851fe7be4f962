resource "aws_api_gateway_domain_name" "this" {
  count = var.domain == null ? 0 : 1

  domain_name              = var.domain.name
  regional_certificate_arn = var.endpoint.type == "REGIONAL" ? var.domain.certificate_arn : null
  certificate_arn          = var.endpoint.type == "EDGE" ? var.domain.certificate_arn : null
  security_policy          = "TLS_1_2"
  tags                     = var.tags

  endpoint_configuration {
    types = [var.endpoint.type]
  }
}

resource "aws_api_gateway_base_path_mapping" "this" {
  count = var.domain == null ? 0 : 1

  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  domain_name = aws_api_gateway_domain_name.this[0].domain_name
  base_path   = var.domain.base_path
}
