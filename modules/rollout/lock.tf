# The lock of the alias: while a rollout runs, one item with the execution that holds it
# and the routing to restore. A conditional write decides between two rollouts that begin
# together; a list of executions lags behind, and could not.

resource "aws_dynamodb_table" "lock" {
  name         = "${var.name}-lock"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "alias_arn"
  tags         = var.tags

  attribute {
    name = "alias_arn"
    type = "S"
  }
}
