"""The graph of a state machine definition (Amazon States Language), for any format."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stepwire.errors import StepwireError
from stepwire.graph.labels import condition, details, readable

STATE_TYPES = (
    "Task",
    "Pass",
    "Choice",
    "Wait",
    "Succeed",
    "Fail",
    "Parallel",
    "Map",
)


@dataclass(frozen=True)
class Node:
    """A state, or a mark where the flow begins or ends."""

    id: str
    """ASCII letters, digits and underscores; unique in the whole graph."""
    kind: str
    """One of STATE_TYPES; ``Start`` or ``End`` for a mark."""
    name: str = ""
    """The state's name; control characters are escaped. Marks have none."""
    details: tuple[str, ...] = ()
    """The work of the state, a short text a line: ``lambda:invoke``."""
    retries: bool = False
    inside: Graph | None = None
    """The states within a Parallel or a Map."""


@dataclass(frozen=True)
class Arrow:
    """A transition between two nodes of the same graph, by their ids."""

    source: str
    target: str
    is_catch: bool = False
    labels: tuple[str, ...] = ()
    """Conditions or error names; each alone leads from the source to the target."""


@dataclass(frozen=True)
class Graph:
    """The states of a workflow or of a box, in the order in which they run."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]

    def walk(self) -> Iterator[Graph]:
        """This graph and those within it."""
        yield self
        for node in self.nodes:
            if node.inside is not None:
                yield from node.inside.walk()


class DefinitionError(StepwireError):
    """The problems of a definition, a line each, with their places."""


def from_definition(definition: object) -> Graph:
    """The graph of a definition: the object that its JSON or YAML stands for.

    Raises DefinitionError with every problem that keeps it from being drawn, such as
    ``States.Charge.Next: there is no state "Chrage"``.
    """
    reader = _Reader()
    try:
        graph = reader.graph([definition], [""])
    except RecursionError:
        raise DefinitionError("The definition holds itself, or is too deep.") from None
    if reader.problems:
        raise DefinitionError("\n".join(reader.problems))
    return graph


class _Reader:
    def __init__(self) -> None:
        self.problems: list[str] = []
        self._ids: set[str] = set()
        self._numbers: dict[str, int] = {}

    def graph(self, flows: Sequence[object], places: Sequence[str]) -> Graph:
        """One graph of the flows that begin together: a Parallel has several."""
        start = Node(self._id("start"), "Start")
        end = Node(self._id("end"), "End")
        nodes: list[Node] = []
        arrows: list[Arrow] = []
        for flow, place in zip(flows, places, strict=True):
            found = self._flow(flow, place, end.id)
            if found is None:
                continue
            first, states, transitions = found
            nodes += states
            arrows += [Arrow(start.id, first), *transitions]
        ends = any(arrow.target == end.id for arrow in arrows)
        return Graph((start, *nodes, *([end] if ends else [])), tuple(arrows))

    def _flow(
        self, flow: object, place: str, end: str
    ) -> tuple[str, list[Node], list[Arrow]] | None:
        """The first state's id, the nodes and the arrows of an object with States."""
        within = f"{place}." if place else ""
        if not isinstance(flow, Mapping):
            self._problem(place, f"{_kind_of(flow)} where an object is needed")
            return None
        states = flow.get("States")
        if not isinstance(states, Mapping) or not states:
            self._problem(f"{within}States", "an object with states is needed")
            return None
        states = {str(name): state for name, state in states.items()}
        ids = {name: self._id(name) for name in states}
        nodes, arrows = [], []
        for name, state in states.items():
            at = f"{within}States.{readable(name)}"
            if not isinstance(state, Mapping):
                self._problem(at, f"{_kind_of(state)} where a state is needed")
                continue
            nodes.append(self._node(ids[name], name, state, at))
            arrows += self._arrows(ids, name, state, at, end)
        first = self._target(ids, flow.get("StartAt"), f"{within}StartAt")
        return (
            None if first is None else (first, _in_order(first, nodes, arrows), arrows)
        )

    def _node(self, id_: str, name: str, state: Mapping[str, Any], place: str) -> Node:
        kind = state.get("Type")
        if not isinstance(kind, str) or kind not in STATE_TYPES:
            self._problem(
                f"{place}.Type",
                f"{_shown(kind)} is no type of a state; there are "
                f"{', '.join(STATE_TYPES)}",
            )
            kind = "Pass"
        inside = None
        if kind == "Parallel":
            branches = state.get("Branches")
            if isinstance(branches, list) and branches:
                inside = self.graph(
                    branches,
                    [f"{place}.Branches[{index}]" for index in range(len(branches))],
                )
            else:
                self._problem(f"{place}.Branches", "a list of branches is needed")
        elif kind == "Map":
            key = "Iterator" if "Iterator" in state else "ItemProcessor"
            inside = self.graph([state.get(key)], [f"{place}.{key}"])
        return Node(
            id_, kind, readable(name), details(state), bool(state.get("Retry")), inside
        )

    def _arrows(
        self,
        ids: Mapping[str, str],
        name: str,
        state: Mapping[str, Any],
        place: str,
        end: str,
    ) -> list[Arrow]:
        found: dict[tuple[str, bool], list[str]] = {}

        def add(target: object, key: str, *labels: str, is_catch: bool = False) -> None:
            id_ = self._target(ids, target, f"{place}.{key}")
            if id_ is not None:
                # Several conditions may lead to one state: one arrow has them all.
                found.setdefault((id_, is_catch), []).extend(labels)

        kind = state.get("Type")
        if kind == "Choice":
            for index, rule in enumerate(self._list(state, "Choices", place)):
                add(rule.get("Next"), f"Choices[{index}].Next", condition(rule))
            if "Default" in state:
                add(state["Default"], "Default", "otherwise")
        elif kind == "Succeed" or state.get("End") is True:
            found[end, False] = []
        elif kind != "Fail":
            add(state.get("Next"), "Next")
        if "Catch" in state:
            for index, catcher in enumerate(self._list(state, "Catch", place)):
                errors = catcher.get("ErrorEquals")
                names = errors if isinstance(errors, list) else [errors]
                add(
                    catcher.get("Next"),
                    f"Catch[{index}].Next",
                    *map(readable, map(str, names)),
                    is_catch=True,
                )
        return [
            Arrow(ids[name], target, is_catch, tuple(dict.fromkeys(labels)))
            for (target, is_catch), labels in found.items()
        ]

    def _list(
        self, state: Mapping[str, Any], key: str, place: str
    ) -> list[Mapping[str, Any]]:
        value = state.get(key)
        if not isinstance(value, list) or not value:
            self._problem(f"{place}.{key}", "a list is needed")
            return []
        for index, one in enumerate(value):
            if not isinstance(one, Mapping):
                self._problem(f"{place}.{key}[{index}]", "an object is needed")
        return [one for one in value if isinstance(one, Mapping)]

    def _target(self, ids: Mapping[str, str], target: object, place: str) -> str | None:
        if isinstance(target, str) and target in ids:
            return ids[target]
        if target is None:
            self._problem(place, "is missing")
            return None
        near = difflib.get_close_matches(str(target), ids, n=1)
        hint = f"; is {_shown(near[0])} meant?" if near else ""
        self._problem(place, f"there is no state {_shown(target)}{hint}")
        return None

    def _problem(self, place: str, text: str) -> None:
        self.problems.append(f"{place}: {text}" if place else text)

    def _id(self, name: str) -> str:
        # The prefix keeps names from being words of a format, such as "end".
        base = f"s_{re.sub(r'\W+', '_', name, flags=re.ASCII)}"[:60]
        id_, number = base, self._numbers.get(base, 1)
        while id_ in self._ids:
            number += 1
            id_ = f"{base}_{number}"
        self._ids.add(id_)
        self._numbers[base] = number
        return id_


def _in_order(first: str, nodes: list[Node], arrows: list[Arrow]) -> list[Node]:
    """The nodes as they run; Terraform writes the states of a definition by name."""
    targets: dict[str, list[str]] = {}
    for arrow in arrows:
        targets.setdefault(arrow.source, []).append(arrow.target)
    order: dict[str, int] = {}
    waiting = [first]
    while waiting:
        id_ = waiting.pop()
        if id_ not in order:
            order[id_] = len(order)
            waiting += reversed(targets.get(id_, []))
    return sorted(nodes, key=lambda node: order.get(node.id, len(order)))


def _shown(value: object) -> str:
    return f'"{readable(value)}"' if isinstance(value, str) else repr(value)


def _kind_of(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case str():
            return "a text"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case _:
            return "an object"
