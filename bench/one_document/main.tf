# N routes as modules/rest-api makes them.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "routes" {
  type = number
}

module "api" {
  source = "../../modules/rest-api"

  name = "bench-document"
  routes = {
    for number in range(var.routes) : "POST /route${number}" => {
      start = { state_machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:bench" }
    }
  }
}
