variable "webhook_publisher" {
  description = "A CMS's webhook published to DEV, Medium, Hashnode, OpenSearch and any HTTP API: the variables of `modules/webhook-publisher`. Default null: off."
  type = object({
    name = string
    sender = object({
      signing_secret_arn = string
      tolerance_ms       = optional(number, 300000)
      canonical_url      = optional(string, "")
      kms_key_arns       = optional(list(string), [])
      sanity = optional(object({
        project_id       = string
        dataset          = optional(string, "production")
        document_type    = optional(string, "post")
        token_secret_arn = optional(string)
        api_url          = optional(string)
        api_version      = optional(string, "v2025-02-19")
        query            = optional(string, "")
      }))
      github            = optional(object({}))
      stripe            = optional(object({}))
      standard_webhooks = optional(object({}))
    })
    destinations = map(object({
      platform       = string
      connection_arn = optional(string)
      signed         = optional(object({ domain_arn = string }))
      endpoint       = optional(string)
      settings       = optional(map(string), {})
      if_unsure      = optional(string, "STOP")
      request = optional(object({
        headers = optional(map(string), {})
        create = object({
          method = optional(string, "POST")
          path   = string
          query  = optional(map(string), {})
          body   = optional(string)
          id     = optional(string, "{% $post.id %}")
          url    = optional(string)
        })
        update = optional(object({
          method = optional(string, "PUT")
          path   = string
          query  = optional(map(string), {})
          body   = optional(string)
          id     = optional(string, "{% $remote_id %}")
          url    = optional(string)
        }))
        remove = optional(object({
          method = optional(string, "DELETE")
          path   = string
          query  = optional(map(string), {})
          body   = optional(string)
        }))
      }))
      retry = optional(object({
        throttled = optional(object({
          max_attempts      = optional(number, 6)
          interval_seconds  = optional(number, 2)
          max_delay_seconds = optional(number, 300)
        }), {})
        server_error = optional(object({
          max_attempts      = optional(number, 4)
          interval_seconds  = optional(number, 1)
          max_delay_seconds = optional(number, 60)
        }), {})
        unreachable = optional(object({
          max_attempts      = optional(number, 4)
          interval_seconds  = optional(number, 1)
          max_delay_seconds = optional(number, 60)
        }), {})
        find_after_seconds = optional(number)
      }), {})
    }))
    stage_name = optional(string, "live")
    throttle = optional(object({
      rate_limit  = number
      burst_limit = number
    }))
    cors = optional(object({
      allow_origin = optional(string, "*")
    }), {})
    reserved_concurrency = optional(number, 10)
    retention_in_days    = optional(number, 90)
    summary_task         = optional(string)
    dead_letter = optional(object({
      queue_url = optional(string)
      topic_arn = optional(string)
    }))
    statements = optional(list(object({
      effect     = optional(string, "Allow")
      actions    = list(string)
      resources  = list(string)
      conditions = optional(map(map(list(string))), {})
    })), [])
    kms_key_arn         = optional(string)
    deletion_protection = optional(bool, false)
    logging = optional(object({
      level             = optional(string, "ALL")
      retention_in_days = optional(number, 30)
    }), {})
    alarms = optional(object({
      actions = optional(list(string), [])
    }))
    permissions = optional(object({
      boundary_arn = optional(string)
      role_path    = optional(string, "/")
      role_arns    = optional(map(string), {})
    }), {})
    vpc = optional(object({
      subnet_ids         = list(string)
      security_group_ids = list(string)
    }))
  })
  default = null
}
