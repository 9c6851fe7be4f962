terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7"
    }
  }
}

variable "secret_arns" {
  description = "Secrets in Secrets Manager, each with one text: `sanity` (the webhook's secret), `dev` (API key), `medium` (integration token), `hashnode` (personal access token)."
  type = object({
    sanity   = string
    dev      = string
    medium   = string
    hashnode = string
  })
}

variable "sanity_project_id" {
  description = "Id of the Sanity project whose documents of the type `post` are published."
  type        = string
}

variable "sanity_api_url" {
  description = "URL of Sanity's API. Default null: https://PROJECT.api.sanity.io."
  type        = string
  default     = null
}

variable "canonical_url" {
  description = "Canonical URL of posts, with {slug} in it, such as https://blog.example.com/posts/{slug}."
  type        = string
}

variable "medium_author_id" {
  description = "Id of the Medium account: `id` in the answer of https://api.medium.com/v1/me."
  type        = string
}

variable "hashnode_publication_id" {
  description = "Id of the Hashnode publication, which needs the Pro plan: 24 hexadecimal digits in the URL of its dashboard."
  type        = string
}

variable "search_domain" {
  description = "OpenSearch domain: its ARN, and its endpoint with https://."
  type = object({
    arn      = string
    endpoint = string
  })
}

locals {
  # Header of each platform's credentials, and the prefix before the secret.
  headers = {
    dev      = { name = "api-key", prefix = "" }
    medium   = { name = "Authorization", prefix = "Bearer " }
    hashnode = { name = "Authorization", prefix = "Bearer " }
  }
}

# Elsewhere: source =
# "git::https://github.com/OWNER/terraform-aws-stepwire//modules/http-connection?ref=TAG"
module "connection" {
  source   = "../../modules/http-connection"
  for_each = local.headers

  name = "blog-${each.key}"
  authorization = {
    api_key = {
      name       = each.value.name
      value_from = { secret_arn = var.secret_arns[each.key], prefix = each.value.prefix }
    }
  }
}

# Subscribers get a message when a post did not reach every destination.
resource "aws_sns_topic" "alarms" {
  name = "blog-alarms"
}

module "publisher" {
  source = "../../modules/webhook-publisher"

  name   = "blog"
  alarms = { actions = [aws_sns_topic.alarms.arn] }

  sender = {
    signing_secret_arn = var.secret_arns.sanity
    canonical_url      = var.canonical_url
    sanity             = { project_id = var.sanity_project_id, api_url = var.sanity_api_url }
  }

  destinations = {
    dev = {
      platform       = "dev"
      connection_arn = module.connection["dev"].arn
    }
    medium = {
      platform       = "medium"
      connection_arn = module.connection["medium"].arn
      settings       = { author_id = var.medium_author_id }
    }
    hashnode = {
      platform       = "hashnode"
      connection_arn = module.connection["hashnode"].arn
      settings       = { publication_id = var.hashnode_publication_id }
    }
    search = {
      platform = "opensearch"
      endpoint = var.search_domain.endpoint
      signed   = { domain_arn = var.search_domain.arn }
      settings = { index = "posts" }
    }
  }
}

output "webhook_url" {
  description = "URL for a webhook in Sanity: POST, on create, update and delete, with the same secret as above."
  value       = module.publisher.webhook_url
}

output "start_arn" {
  description = "ARN of the workflow, which can also be started without a webhook."
  value       = module.publisher.start_arn
}
