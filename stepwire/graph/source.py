"""Definitions from where they are: a file of JSON or YAML, or a state machine."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import Any

import yaml

from stepwire.arns import region_of
from stepwire.errors import StepwireError
from stepwire.graph import template
from stepwire.session import Session, translate_boto_errors

MAX_VALUES = 100_000
"""Values of a document; a definition has 1 MB at most. Aliases can make more of few."""

_TYPES = ("null", "bool", "int", "float", "str", "seq", "map")


def read(name: str, values: Mapping[str, Any]) -> object:
    """The definition that ``name`` stands for: an ARN, a file or ``-``.

    ``values`` are those of a file that is a template of Terraform. A file may also
    hold what DescribeStateMachine returns. Raises StepwireError, with the line where
    a file cannot be read.
    """
    if name.startswith("arn:"):
        if values:
            raise StepwireError("--set is for a file: what AWS has is no template.")
        return _described(name)
    if values:
        return template.render(_file(name), values)
    text = _standard_input() if name == "-" else _text(_file(name))
    try:
        document = parse(text, name)
    except StepwireError as error:
        if template.is_template(text):
            raise template.unrendered(name, text, error) from None
        raise
    if isinstance(document, Mapping) and "States" not in document:
        inner = document.get("definition", document)
        return parse(inner, name) if isinstance(inner, str) else inner
    return document


def parse(text: str, name: str) -> object:
    """The value of JSON or YAML. Raises StepwireError, with line and column."""
    try:
        if text.lstrip().startswith("{"):
            return json.loads(text, object_pairs_hook=_object)
        return yaml.load(text, _Loader)  # noqa: S506, a SafeLoader
    except json.JSONDecodeError as error:
        place = f"{name}:{error.lineno}:{error.colno}"
        raise StepwireError(f"{place}: no JSON: {error.msg}") from None
    except yaml.MarkedYAMLError as error:
        mark, what = error.problem_mark, error.problem
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise StepwireError(f"{place}: no YAML: {what}") from None
    except KeyError as error:
        raise StepwireError(f"{name}: no YAML: {error} is no truth value") from None
    except RecursionError:
        raise StepwireError(f"{name}: it is nested too deeply.") from None
    except (ValueError, yaml.YAMLError) as error:
        raise StepwireError(f"{name}: {error}") from None


def _described(arn: str) -> object:
    session = Session(Path.cwd())
    arn = session.state_machine_arn(arn)
    client = session.client("stepfunctions", region_of(arn))
    with translate_boto_errors():
        described = client.describe_state_machine(stateMachineArn=arn)
    return parse(described["definition"], arn)


def _file(name: str) -> Path:
    file = Path(name)
    if file.is_dir():
        raise StepwireError(f"{name} is a folder: name a file in it.")
    # Not is_file(): a shell's <(COMMAND) is a pipe.
    if not file.exists():
        raise StepwireError(
            f"There is no file {name}.",
            hint="A state machine is named by its ARN, arn:aws:states:REGION:ACCOUNT:"
            "stateMachine:NAME.",
        )
    return file


def _standard_input() -> str:
    if sys.stdin is None:
        raise StepwireError("Standard input is closed.")
    return sys.stdin.read()


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise StepwireError(f"{file} is no text in UTF-8: {error}") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f'the key "{twice}" is in one object twice')
    return found


class _Loader(yaml.SafeLoader):
    """YAML 1.2 as Terraform reads it: ``No`` is a text, and so is a date.

    There is nothing that JSON has not: no other tags, keys that are texts or the like,
    and no alias of what it stands in.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012, as in the base class
    yaml_constructors = {  # noqa: RUF012, as in the base class
        tag: constructor
        for tag, constructor in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.removeprefix("tag:yaml.org,2002:") in _TYPES
    }

    def get_single_node(self) -> yaml.Node | None:
        node = super().get_single_node()
        if node is not None:
            self._count(node, {})
        return node

    def _count(self, node: yaml.Node, counts: dict[int, int]) -> int:
        """How many values a node stands for, with those of its aliases."""
        if id(node) in counts:
            if counts[id(node)] == 0:
                raise yaml.composer.ComposerError(
                    None, None, "an alias stands in its own anchor", node.start_mark
                )
            return counts[id(node)]
        counts[id(node)] = 0
        values = node.value if isinstance(node, yaml.CollectionNode) else []
        inner = [one for value in values for one in _nodes(value)]
        count = 1 + sum(self._count(one, counts) for one in inner)
        if count > MAX_VALUES:
            raise yaml.composer.ComposerError(
                None,
                None,
                f"with its aliases it has more than {MAX_VALUES:,} values",
                node.start_mark,
            )
        counts[id(node)] = count
        return count

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key is a text", key.start_mark
                )
            if key.tag != "tag:yaml.org,2002:merge" and key.value in keys:
                raise yaml.constructor.ConstructorError(
                    None, None, f'the key "{key.value}" is there twice', key.start_mark
                )
            keys.add(key.value)
        return super().construct_mapping(node, deep)


def _nodes(value: yaml.Node | tuple[yaml.Node, yaml.Node]) -> tuple[yaml.Node, ...]:
    return value if isinstance(value, tuple) else (value,)


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?",
        "-+.0123456789",
    ),
    ("merge", "<<", "<"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first)
    )
