# POST /customers starts the workflow. A repeated request for a customer gets
# the same execution while it runs, and a 409 after that.

# Elsewhere: source =
# "git::https://github.com/OWNER/terraform-aws-stepwire//modules/rest-api?ref=TAG"
module "api" {
  source = "../../../modules/rest-api"

  name        = var.name
  permissions = local.permissions
  throttle = {
    rate_limit  = var.requests_per_second
    burst_limit = 2 * var.requests_per_second
  }

  routes = {
    "POST /customers" = {
      start = {
        state_machine_arn = module.workflow.start_arn
        name              = { field = "customer_id" }
      }
      schema = jsonencode({
        type                 = "object"
        required             = ["customer_id", "company", "country", "seats"]
        additionalProperties = false
        properties = {
          customer_id = { type = "string", pattern = "^[a-z0-9-]{1,40}$" }
          company     = { type = "string", minLength = 1, maxLength = 100 }
          country     = { type = "string", pattern = "^[A-Z]{2}$" }
          seats       = { type = "integer", minimum = 1 }
        }
      })
    }
  }
}
