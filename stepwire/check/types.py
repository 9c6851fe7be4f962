"""Type constraints of Terraform, as ``variable`` blocks write them."""

from __future__ import annotations

from dataclasses import dataclass

from lark.exceptions import LarkError

from stepwire.syntax import (
    Node,
    arguments,
    child,
    elements,
    expression,
    text_of,
    unwrapped,
)


@dataclass(frozen=True)
class Primitive:
    """``string``, ``number`` or ``bool``."""

    name: str


@dataclass(frozen=True)
class Anything:
    """``any``, and what is not understood: nothing is said about its values."""


@dataclass(frozen=True)
class Many:
    """``list``, ``set`` or ``map`` of ``element``."""

    name: str
    element: Type


@dataclass(frozen=True)
class Attribute:
    """An attribute of an object type."""

    type: Type
    required: bool


@dataclass(frozen=True)
class Object:
    """``object({ … })``."""

    attributes: dict[str, Attribute]


Type = Primitive | Anything | Many | Object


def read(constraint: Node) -> Type:
    """The type that an expression such as ``map(object({ … }))`` stands for."""
    node = unwrapped(constraint)
    if node.data == "string":
        # JSON has every expression as text.
        try:
            node = unwrapped(expression(text_of(node) or ""))
        except LarkError:
            return Anything()
    if (name := text_of(node)) in ("string", "number", "bool"):
        return Primitive(str(name))
    if node.data != "function_call":
        return Anything()
    name, given = arguments(node)
    if name in ("list", "set", "map") and len(given) == 1:
        return Many(name, read(given[0]))
    if name == "object" and len(given) == 1:
        return Object(
            {one.name: _attribute(one.value) for one in elements(unwrapped(given[0]))}
        )
    return Anything()


def _attribute(constraint: Node) -> Attribute:
    node = unwrapped(constraint)
    if node.data == "function_call" and text_of(child(node, 0)) == "optional":
        return Attribute(read(arguments(node)[1][0]), required=False)
    return Attribute(read(constraint), required=True)
