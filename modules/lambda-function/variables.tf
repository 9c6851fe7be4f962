variable "name" {
  description = "Name of the function; its role, log group and alarms are named after it. 1 to 64 characters of A-Z, a-z, 0-9, '_' and '-'. A change replaces the function."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.name))
    error_message = "name must be 1 to 64 characters of A-Z, a-z, 0-9, '_' and '-'; ${jsonencode(var.name)} has ${length(var.name)}."
  }
}

variable "handler" {
  description = "Handler: module and function, such as `orders.handler`; with folders `shop.orders.handler`, for `shop/orders.py` in the package."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^\\s.]+(\\.[^\\s.]+)+$", var.handler)) && length(var.handler) <= 128
    error_message = "handler is \"module.function\", at most 128 characters without spaces, not ${jsonencode(var.handler)}."
  }
}

variable "package" {
  description = <<-EOT
    The function's code, a zip: exactly one of a file and an S3 object.

    - `filename`: path of a zip, which Terraform uploads. Such functions are created one after another.
    - `s3_bucket` and `s3_key`, with `s3_object_version` in a versioned bucket: functions are created in parallel.
    - `source_code_hash`: base64 of the zip's SHA-256; another value deploys the code again. Default: the hash of `filename`. For an S3 object the default is null: only another key or version then deploys the code again.
  EOT
  type = object({
    filename          = optional(string)
    s3_bucket         = optional(string)
    s3_key            = optional(string)
    s3_object_version = optional(string)
    source_code_hash  = optional(string)
  })
  nullable = false

  validation {
    condition     = (var.package.filename == null) != (var.package.s3_bucket == null)
    error_message = "package is exactly one of { filename } and { s3_bucket, s3_key }; ${var.package.filename == null ? "it has neither" : "it has both"}."
  }

  validation {
    condition     = (var.package.s3_bucket == null) == (var.package.s3_key == null)
    error_message = "package.s3_bucket and package.s3_key belong together; one of them is missing."
  }

  validation {
    condition     = var.package.s3_object_version == null || var.package.s3_bucket != null
    error_message = "package.s3_object_version is a version of the object at package.s3_bucket and package.s3_key, which are missing."
  }

  validation {
    condition     = var.package.filename == null ? true : fileexists(var.package.filename)
    error_message = "package.filename: there is no file ${coalesce(var.package.filename, "-")}. Build the zip first, and write its path with path.module or path.root."
  }

  validation {
    condition     = var.package.source_code_hash == null ? true : can(regex("^[A-Za-z0-9+/]{43}=$", var.package.source_code_hash))
    error_message = "package.source_code_hash is the base64 of a SHA-256, as filebase64sha256(\"package.zip\") gives it."
  }
}

variable "runtime" {
  description = "Lambda runtime of the code. Default `python3.13`."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    condition     = can(regex("^(python|nodejs|java|dotnet|ruby|provided)[a-z0-9.]*$", var.runtime))
    error_message = "runtime is one of Lambda's, such as \"python3.13\" or \"nodejs22.x\", not ${jsonencode(var.runtime)}."
  }
}

variable "architecture" {
  description = "Processor: `arm64` (default: costs less for the same work) or `x86_64`, for libraries that are compiled for it alone."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture is \"arm64\" or \"x86_64\", not ${jsonencode(var.architecture)}."
  }
}

variable "layers" {
  description = "ARNs of versions of Lambda layers, at most 5. A later layer's files replace an earlier one's. Default none."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.layers) <= 5
    error_message = "layers has ${length(var.layers)} ARNs; Lambda takes at most 5. Put what belongs together into one layer."
  }

  validation {
    condition     = alltrue([for arn in var.layers : can(regex("^arn:[^:]+:lambda:[^:]+:[0-9]{12}:layer:[^:]+:[0-9]+$", arn))])
    error_message = "layers are ARNs with a version at the end, such as arn:aws:lambda:us-east-1:123456789012:layer:tools:3. Not so: ${join(", ", [for arn in var.layers : jsonencode(arn) if !can(regex("^arn:[^:]+:lambda:[^:]+:[0-9]{12}:layer:[^:]+:[0-9]+$", arn))])}."
  }
}

variable "environment" {
  description = "Environment variables. Lambda encrypts them, but shows them to everybody who may read the function's configuration: keep a secret in Secrets Manager, and its ARN here. Default none."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for key in keys(var.environment) : can(regex("^[A-Za-z][A-Za-z0-9_]+$", key))])
    error_message = "Names in environment begin with a letter and have at least 2 letters, digits and '_'. Not so: ${join(", ", [for key in keys(var.environment) : jsonencode(key) if !can(regex("^[A-Za-z][A-Za-z0-9_]+$", key))])}."
  }

  validation {
    condition     = length(setintersection(keys(var.environment), local.reserved_variables)) == 0
    error_message = "Lambda sets these itself and refuses them in environment: ${join(", ", setintersection(keys(var.environment), local.reserved_variables))}."
  }
}

locals {
  # Lambda Developer Guide, "Defined runtime environment variables": reserved.
  reserved_variables = [
    "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API", "AWS_REGION", "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY", "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
  ]
}

variable "tags" {
  description = "Tags of every resource of this module that can have them."
  type        = map(string)
  default     = {}
  nullable    = false
}
