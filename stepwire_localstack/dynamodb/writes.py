"""Writes that happen whole or not at all.

moto changes an item in its table, attribute by attribute, and what it refuses halfway
stays. Here every item is kept as it was before an operation writes it, the result is
checked, and whatever raises puts back what was.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from localstack.utils.patch import patch
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, LimitedSizeDict
from moto.dynamodb.models.table import StreamShard, Table

from . import items


@dataclass(frozen=True)
class Change:
    """The change of an item by an operation: ``None`` is no item."""

    table: Any
    old: Any
    new: Any


class Journal:
    """The items that an operation writes, as they were before."""

    def __init__(self) -> None:
        self._before: dict[tuple[int, Any, Any], tuple[Any, Any]] = {}

    def keep(self, table: Any, hash_key: Any, range_key: Any) -> None:
        """Remembers an item, once; what is remembered is never changed."""
        entry = (id(table), hash_key, range_key)
        if entry not in self._before:
            self._before[entry] = (table, _item(table, hash_key, range_key))

    def changes(self) -> list[Change]:
        """In the order in which the items were first written."""
        return [
            Change(table, old, _item(table, hash_key, range_key))
            for (_, hash_key, range_key), (table, old) in self._before.items()
        ]

    def take_over(self, later: Journal) -> None:
        """Remembers what another journal does, unless it was written before."""
        for entry, before in later._before.items():
            self._before.setdefault(entry, before)

    def undo(self) -> None:
        """Puts every item back."""
        for (_, hash_key, range_key), (table, old) in self._before.items():
            _store(table, hash_key, range_key, old)


_journal: ContextVar[Journal | None] = ContextVar("journal", default=None)


@contextlib.contextmanager
def whole() -> Iterator[Journal]:
    """Undoes everything that is written within if anything raises.

    Within another one it is undone with that, too.
    """
    outer = _journal.get()
    journal = Journal()
    token = _journal.set(journal)
    try:
        yield journal
    except BaseException:
        journal.undo()
        raise
    finally:
        _journal.reset(token)
    if outer:
        outer.take_over(journal)


def install() -> None:
    """Makes moto's tables keep what they are about to change."""

    @patch(Table.put_item)  # type: ignore[untyped-decorator]
    def put_item(fn: Any, self: Any, item_attrs: Any, *args: Any, **kwargs: Any) -> Any:
        _keep(self, item_attrs)
        item = fn(self, item_attrs, *args, **kwargs)
        items.check(self, item, "Item size has exceeded the maximum allowed size")
        return item

    @patch(Table.delete_item)  # type: ignore[untyped-decorator]
    def delete_item(fn: Any, self: Any, hash_key: Any, range_key: Any) -> Any:
        if journal := _journal.get():
            journal.keep(self, hash_key, range_key)
        return fn(self, hash_key, range_key)

    @patch(DynamoDBBackend.update_item)  # type: ignore[untyped-decorator]
    def update_item(
        fn: Any, self: Any, table_name: Any, key: Any, **kwargs: Any
    ) -> Any:
        # moto changes the item itself: it gets a copy.
        table = self.get_table(table_name)
        hash_key, range_key = _keep(table, key)
        item = _item(table, hash_key, range_key)
        if item is not None:
            _store(table, hash_key, range_key, copy.deepcopy(item))
        item = fn(self, table_name, key, **kwargs)
        items.check(
            table, item, "Item size to update has exceeded the maximum allowed size"
        )
        return item

    # moto's own limit looks at every attribute again for each that is added, and
    # counts bytes otherwise than DynamoDB.
    LimitedSizeDict.__setitem__ = dict.__setitem__  # type: ignore[method-assign]

    # Each update copies its item three times, value by value.
    DynamoType.__deepcopy__ = _copy  # type: ignore[assignment]

    # Records of streams are made of what has been written: see `streams`.
    @patch(StreamShard.add)  # type: ignore[untyped-decorator]
    def add(_fn: Any, self: Any, old: Any, new: Any) -> None:
        pass


def _copy(value: Any, _memo: Any) -> Any:
    copied = DynamoType.__new__(DynamoType)
    copied.type = value.type
    content = value.value
    if isinstance(content, dict):
        content = {name: _copy(member, None) for name, member in content.items()}
    elif isinstance(content, list):
        # Of values, or of the texts of a set.
        content = [
            _copy(member, None) if isinstance(member, DynamoType) else member
            for member in content
        ]
    copied.value = content
    return copied


def _keep(table: Any, attributes: Any) -> tuple[Any, Any]:
    hash_key, range_key = items.key(table, attributes)
    if (journal := _journal.get()) and hash_key is not None:
        journal.keep(table, hash_key, range_key)
    return hash_key, range_key


def _item(table: Any, hash_key: Any, range_key: Any) -> Any:
    found = table.items.get(hash_key)
    if range_key is None or found is None:
        return found
    return found.get(range_key)


def _store(table: Any, hash_key: Any, range_key: Any, item: Any) -> None:
    if range_key is None:
        items, name = table.items, hash_key
    else:
        items, name = table.items[hash_key], range_key
    if item is None:
        items.pop(name, None)
    else:
        items[name] = item
