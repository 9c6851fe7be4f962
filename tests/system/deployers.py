"""What Terraform calls, as the IAM actions that AWS asks of who applies."""

from __future__ import annotations

import re

_CALL = re.compile(r"AWS (\w+)\.(\w+) => \d+")
_PREFIXES = {"stepfunctions": "states"}
# API Gateway knows the verbs of HTTP as actions (API Gateway Developer Guide, "How
# Amazon API Gateway works with IAM").
_VERBS = {
    "Create": "POST",
    "Delete": "DELETE",
    "Get": "GET",
    "Put": "PUT",
    "Update": "PATCH",
}
# S3's operations and their actions have names of their own (Amazon S3 User Guide,
# "Required permissions for Amazon S3 API operations").
_S3 = {
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListObjectVersions": "ListBucketVersions",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}


def actions(log: str) -> set[str]:
    """The actions of the calls in a part of the emulator's log."""
    return {
        _action(service, operation)
        for service, operation in _CALL.findall(log)
        # Whoever has credentials may ask whose they are.
        if operation != "GetCallerIdentity"
    }


def _action(service: str, operation: str) -> str:
    name = operation
    if service == "s3":
        name = _S3.get(operation, operation)
    elif (service, operation) == ("lambda", "Invoke"):
        name = "InvokeFunction"
    elif service == "apigateway":
        (verb,) = re.findall(r"^[A-Z][a-z]+", operation)
        name = _VERBS.get(verb, operation)
    return f"{_PREFIXES.get(service, service)}:{name}"
