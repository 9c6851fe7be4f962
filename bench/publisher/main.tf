# A webhook publisher, and two functions to compare its initiator with, each behind its
# own route: a port of the source article's initiator, and a handler that does nothing.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "functions_zip" {
  description = "Path of the package with bare.py and port.py."
  type        = string
}

variable "sanity" {
  description = "URL of Sanity's stand-in, and the file with the authority (PEM) of its certificate."
  type        = object({ url = string, certificates = string })
}

variable "credentials" {
  description = "Credentials that the platforms' stand-ins accept."
  type = object({
    dev      = string
    hashnode = string
    medium   = string
    search   = object({ username = string, password = string })
  })
}

variable "settings" {
  description = "Settings of the destinations, by their names."
  type        = map(map(string))
}

resource "aws_secretsmanager_secret" "signing" {
  name                    = "bench-publisher-signing"
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "signing" {
  secret_id     = aws_secretsmanager_secret.signing.id
  secret_string = "bench-key"
}

module "connection" {
  source = "../../modules/http-connection"
  for_each = {
    dev      = { api_key = { name = "api-key", value = var.credentials.dev } }
    hashnode = { api_key = { name = "Authorization", value = "Bearer ${var.credentials.hashnode}" } }
    medium   = { api_key = { name = "Authorization", value = "Bearer ${var.credentials.medium}" } }
    search   = { basic = var.credentials.search }
  }

  name          = "bench-publisher-${each.key}"
  authorization = each.value
}

module "publisher" {
  source = "../../modules/webhook-publisher"

  name = "bench-publisher"

  sender = {
    signing_secret_arn = aws_secretsmanager_secret.signing.arn
    canonical_url      = "https://blog.example.com/posts/{slug}"
    sanity             = { project_id = "zp7mbokg", api_url = var.sanity.url }
  }

  destinations = {
    dev = {
      platform       = "dev"
      connection_arn = module.connection["dev"].arn
    }
    hashnode = {
      platform       = "hashnode"
      connection_arn = module.connection["hashnode"].arn
      settings       = var.settings.hashnode
    }
    medium = {
      platform       = "medium"
      connection_arn = module.connection["medium"].arn
      settings       = var.settings.medium
    }
    search = {
      platform       = "opensearch"
      connection_arn = module.connection["search"].arn
      endpoint       = "https://search-posts-a1b2c3.us-east-1.es.amazonaws.com"
      settings       = var.settings.search
    }
  }

  depends_on = [aws_secretsmanager_secret_version.signing]
}

module "machine" {
  source = "../../modules/state-machine"

  name       = "bench-publisher-done"
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })
}

module "function" {
  source   = "../../modules/lambda-function"
  for_each = toset(["bare", "port"])

  name        = "bench-publisher-${each.key}"
  handler     = "${each.key}.handler"
  package     = { filename = var.functions_zip }
  memory_size = 512

  environment = {
    SANITY_API_URL    = var.sanity.url
    SSL_CERT_FILE     = var.sanity.certificates
    STATE_MACHINE_ARN = module.machine.start_arn
  }

  statements = [{
    actions   = ["states:StartExecution"]
    resources = [module.machine.start_arn]
  }]
}

module "api" {
  source = "../../modules/rest-api"

  name = "bench-publisher-others"
  routes = {
    for name, function in module.function : "POST /${name}" => {
      authorization = "NONE"
      lambda        = { function_arn = function.arn }
    }
  }
}

output "others_url" {
  value = module.api.invoke_url
}

output "webhook_url" {
  value = module.publisher.webhook_url
}

output "workflow" {
  value = module.publisher.start_arn
}

output "machine" {
  value = module.machine.start_arn
}

output "initiator" {
  value = module.publisher.function_names.initiator
}
