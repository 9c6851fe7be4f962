"""Tags of APIs, stages, keys, usage plans and domain names.

Stock keeps what TagResource and UntagResource are told apart from the resources: what
GetRestApi and the like show are the tags that it was created with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from localstack.aws.api.apigateway import NotFoundException
from localstack.services.apigateway.helpers import (
    get_apigateway_store,
    get_moto_backend,
    get_moto_rest_api,
)
from localstack.services.apigateway.legacy.provider import ApigatewayProvider
from localstack.utils.patch import patch

_RESOURCE: Final = re.compile(
    r"arn:[^:]+:apigateway:[^:]*::/(?:"
    r"restapis/(?P<api>[^/]+)(?:/stages/(?P<stage>[^/]+))?"
    r"|apikeys/(?P<key>[^/]+)"
    r"|usageplans/(?P<plan>[^/]+)"
    r"|domainnames/(?P<domain>[^/]+))"
)


def install() -> None:
    @patch(ApigatewayProvider.tag_resource)  # type: ignore[untyped-decorator]
    def tag(
        fn: Any, self: Any, context: Any, resource_arn: str, tags: Any, **options: Any
    ) -> None:
        found = _tags(context, resource_arn)
        if found is None:
            fn(self, context, resource_arn, tags, **options)
        else:
            found.update(tags)

    @patch(ApigatewayProvider.untag_resource)  # type: ignore[untyped-decorator]
    def untag(
        fn: Any,
        self: Any,
        context: Any,
        resource_arn: str,
        tag_keys: Any,
        **options: Any,
    ) -> None:
        found = _tags(context, resource_arn)
        if found is None:
            fn(self, context, resource_arn, tag_keys, **options)
        else:
            for key in tag_keys:
                found.pop(key, None)

    @patch(ApigatewayProvider.get_tags)  # type: ignore[untyped-decorator]
    def get_tags(
        fn: Any, self: Any, context: Any, resource_arn: str, *page: Any, **options: Any
    ) -> Any:
        found = _tags(context, resource_arn)
        if found is None:
            return fn(self, context, resource_arn, *page, **options)
        return {"tags": dict(found)}

    @patch(ApigatewayProvider.create_domain_name)  # type: ignore[untyped-decorator]
    def create_domain_name(
        fn: Any, self: Any, context: Any, domain_name: str, **options: Any
    ) -> Any:
        created = fn(self, context, domain_name, **options)
        created["tags"] = dict(options.get("tags") or {})
        return created


def _tags(context: Any, arn: str) -> dict[str, str] | None:
    """A resource's own tags, to read and to change; None for other kinds of resource.

    Raises NotFoundException.
    """
    named = _RESOURCE.fullmatch(arn)
    if named is None:
        return None
    if domain := named["domain"]:
        names = get_apigateway_store(context=context).domain_names
        found: dict[str, str] = _existing(names, domain).setdefault("tags", {})
        return found
    backend = get_moto_backend(context.account_id, context.region)
    if key := named["key"]:
        resource = _existing(backend.keys, key)
    elif plan := named["plan"]:
        resource = _existing(backend.usage_plans, plan)
    else:
        resource = get_moto_rest_api(context, named["api"])
        if stage := named["stage"]:
            resource = _existing(resource.stages, stage)
    if resource.tags is None:
        resource.tags = {}
    own: dict[str, str] = resource.tags
    return own


def _existing(resources: Mapping[str, Any], name: str) -> Any:
    if name not in resources:
        raise NotFoundException("Invalid resource identifier specified")
    return resources[name]
