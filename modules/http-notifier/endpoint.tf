# The URL: a constant where everything in it is, else an expression that begins with
# its constant part, which the role's policy is then limited to.

locals {
  # Constant fields are put in their places; between two marks are the names of others.
  _endpoint_pieces = split("\u0001", join("", [
    for number, text in split("\u0001", replace(local._endpoint == null ? "" : local._endpoint, "/\\{[a-z][a-z0-9_]*\\}/", "\u0001")) :
    join("", [
      text,
      number == length(local._path_fields) ? "" : (
        startswith(try(var.fields[local._path_fields[number]], "{%"), "{%")
        ? "\u0001${local._path_fields[number]}\u0001"
        : replace(urlencode(var.fields[local._path_fields[number]]), "+", "%20")
      ),
    ])
  ]))

  # A field stays within its segment: no slash, and no step up.
  _composed_endpoint = length(local._endpoint_pieces) == 1 ? local._endpoint_pieces[0] : join("", ["{% ", join(" & ", [
    for number, piece in local._endpoint_pieces : number % 2 == 0 ? "'${piece}'" : join("", [
      "($part := $string(${local._sources[piece]}); ",
      "$exists($part) and $not($part in ['', '.', '..']) ? $encodeUrlComponent($part) : ",
      "$error('${var.name}: there is no usable ${piece} for the URL'))",
    ])
    if number == 0 || piece != ""
  ]), " %}"])

  # What the secret says before that is not looked at: the host is this one.
  _secret_endpoint = "{% '${local._endpoint == null ? "" : local._endpoint}' & $substringAfter($notifier_url, '${local._endpoint == null ? "" : local._endpoint}') %}"

  _read_url = {
    Type      = "Task"
    Resource  = "arn:${data.aws_partition.this.partition}:states:::aws-sdk:secretsmanager:getSecretValue"
    Arguments = { SecretId = var.endpoint_secret_arn }
    Assign    = { notifier_url = "{% $trim($states.result.SecretString) %}" }
    Output    = "{% $states.input %}"
    Retry = [{
      ErrorEquals     = ["SecretsManager.InternalServiceErrorException", "SecretsManager.SdkClientException", "SecretsManager.ThrottlingException"]
      IntervalSeconds = 1
      BackoffRate     = 2
      MaxAttempts     = 4
      JitterStrategy  = "FULL"
    }]
  }
}

data "aws_partition" "this" {}
