# Which paths of the document are routes (405 for other methods) and which answer
# that there is nothing (404).
mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { name = "us-east-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/api" }
  }
}

variables {
  name = "api"
}

run "every_other_path_is_not_found" {
  command = apply
  variables {
    routes = {
      "GET /a/{b}" = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
      "POST /a"    = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
    }
  }
  assert {
    condition = { for path, item in jsondecode(output.openapi).paths : path => keys(item["x-amazon-apigateway-any-method"].responses)[0] } == {
      "/"         = "404"
      "/{proxy+}" = "404"
      "/a"        = "405"
      "/a/{b}"    = "405"
    }
    error_message = jsonencode(keys(jsondecode(output.openapi).paths))
  }
}

run "beside_a_parameter_stands_no_other" {
  command = apply
  variables {
    routes = {
      "GET /{id}"  = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
      "GET /a/{b}" = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
    }
  }
  assert {
    condition = { for path, item in jsondecode(output.openapi).paths : path => keys(item["x-amazon-apigateway-any-method"].responses)[0] } == {
      "/"                 = "404"
      "/{id}"             = "405"
      "/{id}/{proxy_id+}" = "404"
      "/a/{b}"            = "405"
    }
    error_message = jsonencode(keys(jsondecode(output.openapi).paths))
  }
}

run "each_path_of_parameters_alone_is_answered" {
  command = apply
  variables {
    routes = {
      "GET /{a}/{b}/c"             = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
      "GET /{a}/{b}/{proxy}/d/{e}" = { start_sync = { state_machine_arn = "arn:aws:states:us-east-1:111122223333:stateMachine:quote" } }
    }
  }
  assert {
    condition = { for path, item in jsondecode(output.openapi).paths : path => keys(item["x-amazon-apigateway-any-method"].responses)[0] } == {
      "/"                                   = "404"
      "/{a}"                                = "404"
      "/{a}/{b}"                            = "404"
      "/{a}/{b}/{proxy}"                    = "404"
      "/{a}/{b}/c"                          = "405"
      "/{a}/{b}/{proxy}/d/{e}"              = "405"
      "/{a}/{b}/{proxy}/{proxy_a_b_proxy+}" = "404"
    }
    error_message = jsonencode(keys(jsondecode(output.openapi).paths))
  }
}
