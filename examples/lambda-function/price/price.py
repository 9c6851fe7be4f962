"""The price of an order."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

DISCOUNT_FROM = Decimal(1000)
DISCOUNT = Decimal("0.05")


class EmptyOrder(Exception):
    """An order without items has no price."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """The order with its total, less a discount on large orders."""
    if not event["items"]:
        raise EmptyOrder(f"{event['order_id']} has no items.")
    total = sum(
        Decimal(str(item["unit_price"])) * item["quantity"] for item in event["items"]
    )
    if total >= DISCOUNT_FROM:
        total -= total * DISCOUNT
    return event | {"total": f"{total:.2f}"}
