variable "order_approval" {
  description = "Orders over an API, processed at once or after a decision: the variables of `modules/order-approval`. Default null: off."
  type = object({
    name                = string
    approval_threshold  = optional(number, 100)
    decision_timeout    = optional(number, 604800)
    retention_in_days   = optional(number, 365)
    process_task        = optional(string)
    authorization       = optional(string, "AWS_IAM")
    stage_name          = optional(string, "live")
    kms_key_arn         = optional(string)
    deletion_protection = optional(bool, false)
    throttle = optional(object({
      rate_limit  = number
      burst_limit = number
    }))
    logging = optional(object({
      level             = optional(string, "ERROR")
      retention_in_days = optional(number, 30)
    }), {})
    permissions = optional(object({
      boundary_arn = optional(string)
      role_path    = optional(string, "/")
      role_arns    = optional(map(string), {})
    }), {})
  })
  default = null
}

variable "http_notifier" {
  description = "Notifications to Slack or any HTTPS API, from a workflow or a state machine of their own: the variables of `modules/http-notifier`. The connection that authorizes them is made with `modules/http-connection`. Default null: off."
  type = object({
    name                = string
    connection_arn      = string
    preset              = optional(string, "json")
    endpoint            = optional(string)
    endpoint_secret_arn = optional(string)
    fields              = optional(map(string), {})
    method              = optional(string)
    headers             = optional(map(string), {})
    query               = optional(map(string), {})
    body                = optional(string)
    form = optional(object({
      array_format = optional(string, "INDICES")
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
      unauthorized = optional(object({
        max_attempts      = optional(number, 1)
        interval_seconds  = optional(number, 1)
        max_delay_seconds = optional(number, 60)
      }), {})
      unreachable = optional(object({
        max_attempts      = optional(number, 4)
        interval_seconds  = optional(number, 1)
        max_delay_seconds = optional(number, 60)
      }), {})
    }), {})
    state_machine = optional(object({
      dead_letter = optional(object({
        queue_url = optional(string)
        topic_arn = optional(string)
      }))
      after_last_try = optional(string, "FAIL")
      heartbeat = optional(object({
        hours   = number
        actions = optional(list(string), [])
      }))
      alarms = optional(object({
        actions        = optional(list(string), [])
        failed         = optional(number, 1)
        timed_out      = optional(number, 1)
        throttled      = optional(number, 1)
        aborted        = optional(number, 1)
        period_seconds = optional(number, 300)
      }))
      logging = optional(object({
        level             = optional(string, "ERROR")
        retention_in_days = optional(number, 30)
      }), {})
      statements = optional(list(object({
        effect     = optional(string, "Allow")
        actions    = list(string)
        resources  = list(string)
        conditions = optional(map(map(list(string))), {})
      })), [])
      kms_key_arn = optional(string)
    }))
    permissions = optional(object({
      boundary_arn = optional(string)
      role_path    = optional(string, "/")
      role_arn     = optional(string)
    }), {})
  })
  default = null
}

variable "link_approval" {
  description = "Decisions by people, over links that they get by e-mail: the variables of `modules/link-approval`. Default null: off."
  type = object({
    name      = string
    approvers = list(string)
    ses = optional(object({
      from         = string
      identity_arn = string
    }))
    request = optional(object({
      title   = string
      summary = optional(string)
      details = optional(map(string))
      links   = optional(map(string))
    }))
    choices = optional(list(object({
      value = string
      label = optional(string)
      color = optional(string, "gray")
      veto  = optional(bool, false)
    })))
    quorum               = optional(string, "any")
    comment              = optional(string, "OPTIONAL")
    expires_in           = optional(number, 604800)
    on_expiry            = optional(string, "RESULT")
    remind_every         = optional(number)
    escalate_to          = optional(list(string), [])
    escalate_after       = optional(number)
    language             = optional(string, "en")
    texts                = optional(map(string), {})
    retention_in_days    = optional(number, 365)
    link_key_version     = optional(number, 1)
    kms_key_arn          = optional(string)
    deletion_protection  = optional(bool, false)
    reserved_concurrency = optional(number)
    logging = optional(object({
      level             = optional(string, "ERROR")
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

variable "package" {
  description = "Where the code of the systems' functions is: an S3 object with the content of `lambda_src/package.zip`. Default null: a bucket of this module's own, made where a system needs it."
  type = object({
    s3_bucket         = string
    s3_key            = string
    s3_object_version = optional(string)
    source_code_hash  = optional(string)
  })
  default = null
}

variable "tags" {
  description = "Tags of every resource that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
