locals {
  # Lambda's own faults, which another attempt mends; an error of the function
  # itself is for the workflow to catch.
  _service_faults = [
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
  ]

  # Before it works on an event Lambda may initialise the function for up to 10
  # seconds, and a second time after a failure.
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
        ErrorEquals     = local._service_faults
        IntervalSeconds = 1
        BackoffRate     = 2
        MaxAttempts     = 3
        JitterStrategy  = "FULL"
      },
      # Throttled: no capacity is free, and there will be.
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
