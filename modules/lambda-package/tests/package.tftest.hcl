# Plans of the module, and the names that it refuses.

mock_provider "aws" {}

run "the_object_is_named_by_its_content" {
  assert {
    condition     = output.package.s3_key == "${filesha256("../../lambda_src/package.zip")}.zip"
    error_message = "The key is ${output.package.s3_key}"
  }

  assert {
    condition     = output.package.source_code_hash == filebase64sha256("../../lambda_src/package.zip")
    error_message = "The hash is ${output.package.source_code_hash}"
  }
}

run "the_bucket_is_private" {
  command = plan

  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "Nothing in the bucket can be made public."
  }
}

run "a_name_becomes_one_that_buckets_can_have" {
  command = plan
  variables {
    name = "Shop_Functions"
  }

  assert {
    condition     = aws_s3_bucket.this.bucket_prefix == "shop-functions-"
    error_message = "The bucket's name begins with ${aws_s3_bucket.this.bucket_prefix}"
  }
}

run "a_name_of_37_characters_is_refused" {
  command         = plan
  expect_failures = [var.name]
  variables {
    name = "a234567890123456789012345678901234567"
  }
}

run "a_name_that_begins_with_a_dash_is_refused" {
  command         = plan
  expect_failures = [var.name]
  variables {
    name = "-functions"
  }
}
