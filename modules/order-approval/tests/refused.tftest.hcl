# What the module refuses, each with one wrong thing.
mock_provider "aws" {
  mock_data "aws_region" {
    defaults = { id = "us-east-1", name = "us-east-1" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws" }
  }
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
}

variables {
  name = "orders"
}

run "a_name_with_a_space" {
  command = plan
  variables {
    name = "an order"
  }
  expect_failures = [var.name]
}

run "a_name_of_41_characters" {
  command = plan
  variables {
    name = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
  }
  expect_failures = [var.name]
}

run "a_negative_threshold" {
  command = plan
  variables {
    approval_threshold = -1
  }
  expect_failures = [var.approval_threshold]
}

run "a_threshold_of_half_a_cent" {
  command = plan
  variables {
    approval_threshold = 1.005
  }
  expect_failures = [var.approval_threshold]
}

run "no_time_to_decide" {
  command = plan
  variables {
    decision_timeout = 0
  }
  expect_failures = [var.decision_timeout]
}

run "half_a_second" {
  command = plan
  variables {
    decision_timeout = 1.5
  }
  expect_failures = [var.decision_timeout]
}

run "more_than_a_year" {
  command = plan
  variables {
    decision_timeout = 31536001
  }
  expect_failures = [var.decision_timeout]
}

run "a_table_that_forgets_before_a_year" {
  command = plan
  variables {
    retention_in_days = 30
  }
  expect_failures = [var.retention_in_days]
}

run "an_authorization_in_small_letters" {
  command = plan
  variables {
    authorization = "none"
  }
  expect_failures = [var.authorization]
}

run "a_process_that_is_no_json" {
  command = plan
  variables {
    process_task = "ship it"
  }
  expect_failures = [var.process_task]
}

run "a_process_that_is_no_task" {
  command = plan
  variables {
    process_task = "{\"Type\": \"Pass\"}"
  }
  expect_failures = [var.process_task]
}
