# API Gateway's own errors, in the same JSON as all others: `error`, `message`,
# `request_id`. Source: "Gateway response types" in the API Gateway developer
# guide.

locals {
  _gateway_errors = {
    # validationErrorString has the field and the reason. It is empty for a
    # body that is not JSON.
    BAD_REQUEST_BODY             = { error = "bad_request", message = "The body is not JSON, or not what this route takes. $context.error.validationErrorString" }
    BAD_REQUEST_PARAMETERS       = { error = "bad_request" }
    MISSING_AUTHENTICATION_TOKEN = { error = "unauthenticated", message = "Sign the request with AWS Signature Version 4 (service execute-api)." }
    INVALID_SIGNATURE            = { error = "unauthenticated", message = "The request's signature is not right." }
    EXPIRED_TOKEN                = { error = "unauthenticated", message = "The token has expired." }
    UNAUTHORIZED                 = { error = "unauthenticated", message = "The request needs a valid token." }
    ACCESS_DENIED                = { error = "forbidden", message = "The caller may not call this route." }
    INVALID_API_KEY              = { error = "forbidden", message = "The header X-Api-Key needs a key that may call this route." }
    WAF_FILTERED                 = { error = "forbidden", message = "The request was refused." }
    RESOURCE_NOT_FOUND           = { error = "not_found", message = "There is nothing at this path." }
    REQUEST_TOO_LARGE            = { error = "request_too_large", message = "The body is larger than API Gateway takes (10 MB)." }
    UNSUPPORTED_MEDIA_TYPE       = { error = "unsupported_media_type", message = "Send the body as application/json." }
    THROTTLED                    = { error = "throttled", message = "Too many requests; try again later.", retry_after = "1" }
    # No variable has the time at which a quota is renewed.
    QUOTA_EXCEEDED                 = { error = "throttled", message = "The quota of this API key is used up.", retry_after = "3600" }
    INTEGRATION_TIMEOUT            = { error = "timed_out", message = "The answer took too long; the work may still go on." }
    INTEGRATION_FAILURE            = { error = "internal_error", message = "The request could not be handled." }
    API_CONFIGURATION_ERROR        = { error = "internal_error", message = "The request could not be handled." }
    AUTHORIZER_CONFIGURATION_ERROR = { error = "internal_error", message = "The request could not be handled." }
    AUTHORIZER_FAILURE             = { error = "internal_error", message = "The request could not be handled." }
    DEFAULT_4XX                    = { error = "bad_request", message = "The request is not one that this API takes." }
    DEFAULT_5XX                    = { error = "internal_error", message = "The request could not be handled." }
  }

  # Templates of gateway responses have variables and no functions.
  # messageString comes with its quotes; the other texts need them.
  gateway_responses = {
    for type, response in local._gateway_errors : type => {
      responseTemplates = {
        "application/json" = format(
          "{\"error\": \"%s\", \"message\": %s, \"request_id\": \"$context.requestId\"}",
          response.error,
          try("\"${response.message}\"", "$context.error.messageString"),
        )
      }
      responseParameters = merge(
        local.cors_gateway_headers,
        try({ "gatewayresponse.header.Retry-After" = "'${response.retry_after}'" }, {}),
      )
    }
  }
}
