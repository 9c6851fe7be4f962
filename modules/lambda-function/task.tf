locals {
  # Lambda's own errors, which are transient. An error of the function is for
  # the workflow to catch.
  _service_errors = [
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
  ]

  # Lambda may initialize the function for up to 10 seconds before an event,
  # and a second time after a failure.
  _start_seconds = 20

  task = {
    Type          = "Task"
    QueryLanguage = "JSONata"
    Resource      = "arn:${data.aws_partition.this.partition}:states:::lambda:invoke"
    Arguments = {
      FunctionName = local.arn
      Payload      = "{% $states.input %}"
    }
    Output         = "{% $states.result.Payload %}"
    TimeoutSeconds = var.timeout + local._start_seconds
    Retry = [
      {
        ErrorEquals     = local._service_errors
        IntervalSeconds = 1
        BackoffRate     = 2
        MaxAttempts     = 3
        JitterStrategy  = "FULL"
      },
      # Throttled: capacity becomes free again.
      {
        ErrorEquals     = ["Lambda.TooManyRequestsException"]
        IntervalSeconds = 1
        BackoffRate     = 2
        MaxDelaySeconds = 30
        MaxAttempts     = 8
        JitterStrategy  = "FULL"
      },
    ]
  }
}
