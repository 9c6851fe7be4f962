# Whose turn it is. One item for the alias while a rollout runs: the execution
# that holds it, and the routing to go back to. A conditional write decides
# between two that begin together, which no list of executions could: lists
# lag behind.

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
