"""Activities: their tags, without which Terraform can neither create nor read one."""

from __future__ import annotations

from typing import Any

from localstack.aws.api.stepfunctions import (
    ListTagsForResourceOutput,
    TagResourceOutput,
    UntagResourceOutput,
)
from localstack.services.stepfunctions.backend.state_machine import TagManager
from localstack.services.stepfunctions.provider import StepFunctionsProvider
from localstack.utils.patch import patch


def install() -> None:
    provider = StepFunctionsProvider

    @patch(provider.create_activity)  # type: ignore[untyped-decorator]
    def create(
        fn: Any, self: Any, context: Any, name: str, tags: Any = None, **rest: Any
    ) -> Any:
        output = fn(self, context, name, tags=tags, **rest)
        activity = self.get_store(context).activities[output["activityArn"]]
        # CreateActivity is idempotent, and its tags are those of the first.
        if tags and not hasattr(activity, "tag_manager"):
            _tags(activity).add_all(tags)
        return output

    @patch(provider.tag_resource)  # type: ignore[untyped-decorator]
    def tag(
        fn: Any, self: Any, context: Any, resource_arn: str, tags: Any, **rest: Any
    ) -> Any:
        activity = self.get_store(context).activities.get(resource_arn)
        if activity is None:
            return fn(self, context, resource_arn, tags, **rest)
        _tags(activity).add_all(tags)
        return TagResourceOutput()

    @patch(provider.untag_resource)  # type: ignore[untyped-decorator]
    def untag(
        fn: Any, self: Any, context: Any, resource_arn: str, tag_keys: Any, **rest: Any
    ) -> Any:
        activity = self.get_store(context).activities.get(resource_arn)
        if activity is None:
            return fn(self, context, resource_arn, tag_keys, **rest)
        _tags(activity).remove_all(tag_keys)
        return UntagResourceOutput()

    @patch(provider.list_tags_for_resource)  # type: ignore[untyped-decorator]
    def list_tags(
        fn: Any, self: Any, context: Any, resource_arn: str, **rest: Any
    ) -> Any:
        activity = self.get_store(context).activities.get(resource_arn)
        if activity is None:
            return fn(self, context, resource_arn, **rest)
        return ListTagsForResourceOutput(tags=_tags(activity).to_tag_list())


def _tags(activity: Any) -> TagManager:
    if not hasattr(activity, "tag_manager"):
        activity.tag_manager = TagManager()
    return activity.tag_manager
