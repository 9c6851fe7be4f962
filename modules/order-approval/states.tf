# What the four machines have in common.

locals {
  # Once more for everything but an answer that will be the same next time.
  # The API waits 29 seconds; 1 + 2 + 4 seconds of pauses leave room.
  _retry = [
    {
      ErrorEquals = [
        "DynamoDb.ConditionalCheckFailedException",
        "Sfn.ExecutionAlreadyExistsException",
        "Sfn.InvalidTokenException",
        "Sfn.TaskDoesNotExistException",
        "Sfn.TaskTimedOutException",
      ]
      MaxAttempts = 0
    },
    {
      ErrorEquals     = ["States.TaskFailed"]
      IntervalSeconds = 1
      BackoffRate     = 2
      MaxAttempts     = 3
      JitterStrategy  = "FULL"
    },
  ]

  # The workflow has time: about five minutes of pauses.
  _patient_retry = [
    merge(local._retry[1], { MaxAttempts = 8, MaxDelaySeconds = 60 }),
  ]

  _update_item = "arn:${data.aws_partition.this.partition}:states:::aws-sdk:dynamodb:updateItem"
  _get_item    = "arn:${data.aws_partition.this.partition}:states:::aws-sdk:dynamodb:getItem"

  # Seconds since 1970, for the table's TTL.
  _expires_at = "{% $string($floor($millis() / 1000) + ${var.retention_in_days * 86400}) %}"

  _checks = trimspace(file("${path.module}/jsonata/checks.jsonata"))

  # The answer of the API's machines: status and body are theirs to choose
  # (`response = "chosen"` of the rest-api module).
  _unavailable = {
    Type = "Pass"
    Output = {
      statusCode = 503
      body       = "{% $string({'error': 'unavailable', 'message': 'The order could not be handled just now. Nothing was changed; send the same request again.', 'request_id': $request_id}) %}"
    }
    End = true
  }
  _give_up = [{ ErrorEquals = ["States.ALL"], Next = "Unavailable" }]
}

data "aws_partition" "this" {}
