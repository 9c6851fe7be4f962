# The same POST by an HTTP Task and by a function, each a workflow of one state.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "function_zip" {
  description = "Path of the function's zip file."
  type        = string
}

variable "function_api" {
  description = "URL of the API for the function, and the authority (PEM) of its certificate."
  type        = object({ url = string, certificates = string })
}

locals {
  api_key = "Bearer bench"
}

module "connection" {
  source = "../../modules/http-connection"

  name          = "bench"
  authorization = { api_key = { name = "Authorization", value = local.api_key } }
}

module "function" {
  source = "../../modules/lambda-function"

  name    = "bench-send"
  handler = "send.handler"
  package = { filename = var.function_zip }
  environment = {
    API_KEY      = local.api_key
    API_URL      = var.function_api.url
    CERTIFICATES = var.function_api.certificates
  }
}

module "machine" {
  source   = "../../modules/state-machine"
  for_each = { EXPRESS = "bench-express", STANDARD = "bench-standard" }

  name = "${each.value}-task"
  type = each.key
  definition = jsonencode({
    QueryLanguage = "JSONata"
    StartAt       = "Send"
    States = {
      Send = {
        Type     = "Task"
        Resource = "arn:aws:states:::http:invoke"
        Arguments = {
          ApiEndpoint      = "https://api.bench.example/messages"
          Method           = "POST"
          InvocationConfig = { ConnectionArn = module.connection.arn }
          RequestBody      = "{% $states.input %}"
        }
        End = true
      }
    }
  })
}

module "function_machine" {
  source   = "../../modules/state-machine"
  for_each = { EXPRESS = "bench-express", STANDARD = "bench-standard" }

  name = "${each.value}-function"
  type = each.key
  definition = jsonencode({
    QueryLanguage = "JSONata"
    StartAt       = "Send"
    States        = { Send = merge(module.function.task, { End = true }) }
  })
}

output "machines" {
  value = {
    for type in ["EXPRESS", "STANDARD"] : type => {
      task     = module.machine[type].start_arn
      function = module.function_machine[type].start_arn
    }
  }
}
