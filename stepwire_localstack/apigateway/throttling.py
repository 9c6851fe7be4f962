"""Throttling and quotas (429): what a stage, its methods and usage plans allow.

Stock counts nothing. As AWS's page "Throttle requests to your REST APIs" says, limits
are token buckets: `rateLimit` requests a second, and `burstLimit` at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from localstack.services.apigateway.next_gen.execute_api.gateway import RestApiGateway
from localstack.services.apigateway.next_gen.execute_api.gateway_response import (
    QuotaExceededError,
    ThrottledError,
)
from localstack.services.apigateway.next_gen.execute_api.handlers import (
    api_key_validation_handler,
)
from localstack.services.apigateway.next_gen.execute_api.moto_helpers import (
    get_usage_plan_keys,
    get_usage_plans,
)
from localstack.utils.patch import patch

ALL_METHODS: Final = "*/*"


@dataclass
class Bucket:
    """Tokens of one limit; a request takes one, and time brings `rate` a second."""

    rate: float
    burst: float
    tokens: float
    filled_at: float

    def take(self, now: float) -> bool:
        added = (now - self.filled_at) * self.rate
        self.tokens, self.filled_at = min(self.burst, self.tokens + added), now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class Limits:
    """The buckets and quotas of all APIs, by what they limit."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[tuple[str, ...], Bucket] = {}
        self._used: dict[tuple[str, ...], tuple[datetime, int]] = {}

    def allows(self, name: tuple[str, ...], rate: float, burst: float) -> bool:
        with self._lock:
            bucket = self._buckets.get(name)
            if bucket is None or (bucket.rate, bucket.burst) != (rate, burst):
                bucket = Bucket(rate, burst, tokens=burst, filled_at=self._clock())
                self._buckets[name] = bucket
            return bucket.take(self._clock())

    def within_quota(self, name: tuple[str, ...], limit: int, since: datetime) -> bool:
        """Counts a request in the period that began at `since`."""
        with self._lock:
            period, used = self._used.get(name, (since, 0))
            used = used if period == since else 0
            if used >= limit:
                return False
            self._used[name] = (since, used + 1)
            return True


LIMITS: Final = Limits()


def install() -> None:
    @patch(RestApiGateway.__init__)  # type: ignore[untyped-decorator]
    def initialise(fn: Any, self: Any) -> None:
        # After the API key, which says whose limits they are.
        fn(self)
        index = self.request_handlers.index(api_key_validation_handler)
        self.request_handlers.insert(index + 1, throttle)


def throttle(_chain: Any, context: Any, _response: Any) -> None:
    """Raises what AWS raises for a request too many: THROTTLED or QUOTA_EXCEEDED."""
    stage = (context.account_id, context.region, context.api_id, context.stage)
    method = f"{context.resource['path']}/{context.resource_method['httpMethod']}"
    for plan, key_id in _plans(context):
        name = (*stage, plan["id"], key_id)
        quota = plan.get("quota")
        if quota and not LIMITS.within_quota(
            name, int(quota["limit"]), period_start(quota, datetime.now(UTC))
        ):
            raise QuotaExceededError("Limit Exceeded")
        limits = plan.get("throttle")
        if limits and not LIMITS.allows(
            name, float(limits["rateLimit"]), float(limits["burstLimit"])
        ):
            raise ThrottledError("Too Many Requests")
    limits = method_limits(context.stage_configuration or {}, method)
    if limits and not LIMITS.allows((*stage, method), *limits):
        raise ThrottledError("Too Many Requests")


def method_limits(stage: Mapping[str, Any], method: str) -> tuple[float, float] | None:
    """Rate and burst of a method of a stage; None where nothing limits it.

    `method` is like `/orders/{id}/GET`. A method without settings has those of
    `*/*`, in a separate bucket. A limit of -1 is no limit.
    """
    settings = {
        key.replace("~1", "/").lstrip("/"): value
        for key, value in (stage.get("methodSettings") or {}).items()
    }
    found = settings.get(method.lstrip("/")) or settings.get(ALL_METHODS) or {}
    rate = float(found.get("throttlingRateLimit", -1))
    burst = float(found.get("throttlingBurstLimit", -1))
    return None if rate < 0 or burst < 0 else (rate, burst)


def period_start(quota: Mapping[str, Any], now: datetime) -> datetime:
    """The begin of a quota's current day, week (from Sunday) or month, in UTC."""
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    offset = int(quota.get("offset") or 0)
    if quota["period"] == "DAY":
        return day
    if quota["period"] == "WEEK":
        return day - timedelta(days=(day.isoweekday() - offset) % 7)
    first = day.replace(day=1 + offset)
    return (
        first
        if first <= day
        else (first - timedelta(days=first.day)).replace(day=1 + offset)
    )


def _plans(context: Any) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The usage plans of the stage that the caller's API key belongs to."""
    key_id = context.context_variables["identity"].get("apiKeyId")
    if not context.resource_method.get("apiKeyRequired") or not key_id:
        return
    where = {"account_id": context.account_id, "region_name": context.region}
    for plan in get_usage_plans(**where):
        stages = {(one["apiId"], one["stage"]) for one in plan.get("apiStages", [])}
        if (context.api_id, context.stage) not in stages:
            continue
        keys = get_usage_plan_keys(usage_plan_id=plan["id"], **where)
        if any(key["id"] == key_id for key in keys):
            yield plan, key_id
