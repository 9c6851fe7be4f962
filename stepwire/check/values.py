"""Compares the expression that a caller writes with the type that a module wants."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from stepwire.check.types import Anything, Many, Object, Primitive, Type
from stepwire.syntax import (
    Node,
    arguments,
    child,
    elements,
    parts,
    text_of,
    unwrapped,
)

_DEEPEST = 20
# The text of numbers for Terraform: Python's "nan" and "1_000" are none.
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True, order=True)
class Problem:
    """Something wrong in a caller's file."""

    file: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


@dataclass(frozen=True)
class Location:
    """The location of a value in a caller's file, and its name there."""

    file: Path
    line: int
    path: str

    def problem(self, message: str) -> Problem:
        return Problem(self.file, self.line, f"{self.path} {message}")

    def at(self, name: str, line: int) -> Location:
        return Location(self.file, line, f"{self.path}.{name}")


@dataclass(frozen=True)
class Local:
    """A value of a ``locals`` block, and where it is."""

    value: Node
    file: Path
    line: int


class Comparison:
    """Compares expressions of one configuration, whose locals it follows."""

    def __init__(self, locals_: Mapping[str, Local]) -> None:
        self._locals = locals_

    def compare(
        self, expression: Node, type_: Type, location: Location, depth: int = 0
    ) -> Iterator[Problem]:
        """The problems of an expression; none where only Terraform can evaluate it."""
        node = unwrapped(expression)
        if isinstance(type_, Anything) or depth > _DEEPEST:
            return
        for _ in range(_DEEPEST):
            if (local := self._local(node)) is None:
                break
            # It is mended where it is written.
            node = unwrapped(local.value)
            location = Location(local.file, local.line, location.path)
        comparisons = {
            "conditional": self._conditional,
            "object": self._object,
            "tuple": self._tuple,
            "for_tuple_expr": self._for_list,
            "for_object_expr": self._for_object,
            "function_call": self._call,
        }
        one = comparisons.get(node.data, _primitive)
        yield from one(node, type_, location, depth + 1)

    def _local(self, node: Node) -> Local | None:
        if node.data != "get_attr_expr_term":
            return None
        of, attribute = parts(node)[:2]
        if text_of(unwrapped(of)) != "local":
            return None
        return self._locals.get(text_of(child(attribute, 0)) or "")

    def _conditional(
        self, node: Node, type_: Type, location: Location, depth: int
    ) -> Iterator[Problem]:
        for branch in parts(node)[1:]:
            yield from self.compare(branch, type_, location, depth)

    def _for_list(
        self, node: Node, type_: Type, location: Location, depth: int
    ) -> Iterator[Problem]:
        if isinstance(type_, Many) and type_.name != "map":
            each = location.at("*", location.line)
            yield from self.compare(parts(node)[0], type_.element, each, depth)
        else:
            yield location.problem(f"must be {_wanted(type_)}, not a list")

    def _for_object(
        self, node: Node, type_: Type, location: Location, depth: int
    ) -> Iterator[Problem]:
        if isinstance(type_, Many) and type_.name == "map":
            each = location.at("*", location.line)
            yield from self.compare(parts(node)[1], type_.element, each, depth)
        elif not isinstance(type_, Object):
            yield location.problem(f"must be {_wanted(type_)}, not an object")

    def _object(
        self,
        node: Node,
        type_: Type,
        location: Location,
        depth: int,
        *,
        complete: bool = True,
    ) -> Iterator[Problem]:
        given = list(elements(node))
        if isinstance(type_, Many) and type_.name == "map":
            for one in given:
                name = one.name or "(…)"
                yield from self.compare(
                    one.value, type_.element, location.at(name, one.line), depth
                )
            return
        if not isinstance(type_, Object):
            yield location.problem(f"must be {_wanted(type_)}, not an object")
            return
        for one in given:
            attribute = type_.attributes.get(one.name)
            if attribute is not None:
                yield from self.compare(
                    one.value, attribute.type, location.at(one.name, one.line), depth
                )
            elif one.name:
                yield location.at(one.name, one.line).problem(
                    f"is not known: {nearest(one.name, type_.attributes)}"
                )
        names = {one.name for one in given}
        if complete and "" not in names:
            for name, attribute in type_.attributes.items():
                if attribute.required and name not in names:
                    yield location.problem(
                        f"has no {name}, which is required ({_wanted(attribute.type)})"
                    )

    def _tuple(
        self, node: Node, type_: Type, location: Location, depth: int
    ) -> Iterator[Problem]:
        if not isinstance(type_, Many) or type_.name == "map":
            yield location.problem(f"must be {_wanted(type_)}, not a list")
            return
        for index, one in enumerate(parts(node)):
            line = one.meta.line
            element = Location(location.file, line, f"{location.path}[{index}]")
            yield from self.compare(one, type_.element, element, depth)

    def _call(
        self, node: Node, type_: Type, location: Location, depth: int
    ) -> Iterator[Problem]:
        name, given = arguments(node)
        if name == "merge":
            for one in map(unwrapped, given):
                if one.data == "object":
                    # An attribute that one lacks another may have.
                    yield from self._object(one, type_, location, depth, complete=False)
        elif name in ("tolist", "toset", "tomap", "nonsensitive", "sensitive"):
            for one in given:
                yield from self.compare(one, type_, location, depth)
        elif name == "jsonencode" and not (
            isinstance(type_, Primitive) and type_.name == "string"
        ):
            yield location.problem(
                f"must be {_wanted(type_)}, not a text: leave jsonencode out"
            )


def nearest(name: str, known: Mapping[str, object]) -> str:
    """``did you mean retention_in_days?``, or what there is to choose from."""
    if found := difflib.get_close_matches(name, known, n=1, cutoff=0.6):
        return f"did you mean {found[0]}?"
    return f"there are {', '.join(known)}" if known else "it takes none"


def _primitive(
    node: Node, type_: Type, location: Location, _depth: int
) -> Iterator[Problem]:
    read = _LITERALS.get(node.data)
    found = read(node) if read is not None else None
    if found is None:
        return
    kind, text = found
    said = f'"{text}"' if kind == "string" and text else _ARTICLES[kind]
    # Terraform converts what it can.
    match type_:
        case Primitive("string"):
            fits = True
        case Primitive("number"):
            fits = kind == "number" or (kind == "string" and _is_number(text))
        case Primitive():
            fits = kind == "bool" or (
                kind == "string" and text in (None, "true", "false", "1", "0")
            )
        case _:
            fits = False
    if not fits:
        yield location.problem(f"must be {_wanted(type_)}, not {said}")


def _literal(node: Node) -> tuple[str, str | None] | None:
    text = str(node.children[0])
    return None if text == "null" else ("bool", text)


_LITERALS: dict[str, Callable[[Node], tuple[str, str | None] | None]] = {
    "int_lit": lambda _node: ("number", None),
    "float_lit": lambda _node: ("number", None),
    "literal_value": _literal,
    "string": lambda node: ("string", text_of(node)),
    "heredoc_template": lambda _node: ("string", None),
    "heredoc_template_trim": lambda _node: ("string", None),
}
_ARTICLES = {"number": "a number", "bool": "a truth value", "string": "a text"}


def _is_number(text: str | None) -> bool:
    return text is None or _NUMBER.fullmatch(text) is not None


def _wanted(type_: Type) -> str:
    match type_:
        case Primitive(name):
            return {"bool": "true or false", "number": "a number"}.get(name, "a text")
        case Many(name, _):
            return f"a {name}"
        case _:
            return "an object"
