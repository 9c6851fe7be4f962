"""Terraform plans, read from their JSON ("JSON Output Format")."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from stepwire.terraform.diagnostics import Diagnostic

_NO_CHANGE = frozenset({("no-op",), ("read",)})


@dataclass(frozen=True)
class ResourceChange:
    """One resource of a plan.

    ``actions`` are Terraform's: ``("create",)``, ``("update",)``, ``("delete",)``,
    ``("delete", "create")`` or ``("create", "delete")`` for a replacement,
    ``("no-op",)`` and ``("read",)``. ``after`` leaves out what is unknown until
    apply; ``after_unknown`` has True in its place. Both are empty when there is no
    such side.
    """

    address: str
    type: str
    name: str
    actions: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    after_unknown: Mapping[str, Any]
    json: Mapping[str, Any]

    @classmethod
    def from_json(cls, resource: Mapping[str, Any]) -> ResourceChange:
        change = resource["change"]
        return cls(
            address=resource["address"],
            type=resource["type"],
            name=resource["name"],
            actions=tuple(change["actions"]),
            before=change.get("before") or {},
            after=change.get("after") or {},
            after_unknown=change.get("after_unknown") or {},
            json=resource,
        )

    @property
    def is_change(self) -> bool:
        """Whether apply would do something; reading data is nothing."""
        return self.actions not in _NO_CHANGE


class Plan:
    """A plan: whether it is empty, and ways to look into Terraform's document."""

    def __init__(
        self,
        load: Callable[[], Mapping[str, Any]],
        *,
        is_empty: bool,
        warnings: Sequence[Diagnostic] = (),
    ) -> None:
        self._load = load
        self.is_empty = is_empty
        """Whether apply would change neither a resource nor an output."""
        self.warnings = tuple(warnings)

    @cached_property
    def json(self) -> Mapping[str, Any]:
        """Terraform's document. Read when first asked for, which takes a second."""
        return self._load()

    @cached_property
    def resource_changes(self) -> tuple[ResourceChange, ...]:
        """Every resource of the plan, those that stay as they are included."""
        return tuple(
            ResourceChange.from_json(resource)
            for resource in self.json.get("resource_changes") or ()
        )

    @cached_property
    def changes(self) -> dict[str, ResourceChange]:
        """The changes of an apply, by address."""
        return {
            change.address: change
            for change in self.resource_changes
            if change.is_change
        }

    @cached_property
    def output_changes(self) -> dict[str, tuple[str, ...]]:
        """The actions on the outputs that apply would change, by name."""
        return {
            name: tuple(change["actions"])
            for name, change in (self.json.get("output_changes") or {}).items()
            if tuple(change["actions"]) not in _NO_CHANGE
        }

    @cached_property
    def outputs(self) -> dict[str, Any]:
        """The planned values of the outputs, without those unknown until apply."""
        planned = self.json["planned_values"].get("outputs") or {}
        return {
            name: output["value"]
            for name, output in planned.items()
            if "value" in output
        }

    @cached_property
    def values(self) -> dict[str, Mapping[str, Any]]:
        """The planned attributes of every resource and data source, by address.

        Without what is unknown until apply.
        """
        return {
            resource["address"]: resource.get("values") or {}
            for resource in _resources(self.json["planned_values"]["root_module"])
        }

    def of_type(self, type_: str) -> dict[str, Mapping[str, Any]]:
        """The planned attributes of the resources of one type, by address."""
        return {
            change.address: self.values[change.address]
            for change in self.resource_changes
            if change.type == type_ and change.address in self.values
        }

    def __repr__(self) -> str:
        changes = ", ".join(
            f"{'/'.join(change.actions)} {address}"
            for address, change in self.changes.items()
        )
        outputs = ", ".join(f"output {name}" for name in self.output_changes)
        return f"Plan({', '.join(filter(None, (changes, outputs))) or 'no changes'})"


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources") or ()
    for child in module.get("child_modules") or ():
        yield from _resources(child)
