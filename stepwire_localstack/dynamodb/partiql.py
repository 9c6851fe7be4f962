"""PartiQL statements, read into the expressions of the operations they stand for.

"PartiQL for DynamoDB" has four statements, whose conditions are those of condition
expressions in other words. moto's parser knows some of them, and takes others for what
they are not: `WHERE id = 'a' AND amount > 3` deletes whatever the amount is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from .errors import ValidationError

_TOKENS: Final = re.compile(
    r"""\s*(?:
        '(?P<string>(?:[^']|'')*)'
      | "(?P<quoted>(?:[^"]|"")+)"
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)
      | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign><<|>>|<>|!=|<=|>=|[=<>(){}\[\],.:*?+-])
    )""",
    re.VERBOSE,
)
_COMPARISONS: Final = {"=", "<>", "!=", "<", "<=", ">", ">="}
_LOGIC: Final = {"AND", "OR", "NOT", "BETWEEN"}
_FUNCTIONS: Final = {"begins_with", "contains", "attribute_type", "size"}


@dataclass(frozen=True)
class Token:
    """A word of a statement: of which kind, as it is meant, and where it begins."""

    kind: str
    text: str
    at: int

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords, however it is written."""
        return self.kind == "word" and self.text.upper() in words


@dataclass
class Statement:
    """A statement, read.

    ``kind`` is SELECT, INSERT, UPDATE or DELETE. ``key`` has the attributes that the
    condition compares with ``=``, outside of any OR or NOT.
    """

    kind: str
    table: str = ""
    index: str | None = None
    item: dict[str, Any] = field(default_factory=dict)
    projection: list[list[str | int]] | None = None
    update: str | None = None
    condition: str | None = None
    key: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    returning: str | None = None


def parse(text: str, parameters: list[Any] | None) -> Statement:
    """Reads a statement; raises ValidationError where it is not one of PartiQL's."""
    return _Parser(text, list(parameters or [])).statement()


class _Parser:
    def __init__(self, text: str, parameters: list[Any]) -> None:
        self._tokens = _tokens(text)
        self._parameters = parameters
        self._index = 0
        self._result = Statement("")

    def statement(self) -> Statement:
        result = self._result
        first = self._take_word("SELECT", "INSERT", "UPDATE", "DELETE")
        result.kind = first
        getattr(self, f"_{first.lower()}")()
        if self._next_word("RETURNING"):
            result.returning = self._returning()
        if self._token.kind != "end":
            raise self._problem()
        if self._parameters:
            raise ValidationError(
                "Number of parameters in request and statement don't match."
            )
        return result

    def _select(self) -> None:
        if not self._next_sign("*"):
            paths = [self._elements()]
            while self._next_sign(","):
                paths.append(self._elements())
            self._result.projection = paths
        self._take_word("FROM")
        self._table()
        self._where()

    def _insert(self) -> None:
        self._take_word("INTO")
        self._table()
        self._take_word("VALUE")
        value = self._value()
        if "M" not in value:
            raise self._problem()
        self._result.item = value["M"]

    def _update(self) -> None:
        self._table()
        clauses: dict[str, list[str]] = {"SET": [], "REMOVE": []}
        while clause := self._next_word("SET", "REMOVE"):
            while True:
                clauses[clause].append(getattr(self, f"_{clause.lower()}_action")())
                if not self._next_sign(","):
                    break
        if not any(clauses.values()):
            raise self._problem()
        self._result.update = " ".join(
            f"{clause} {', '.join(actions)}"
            for clause, actions in clauses.items()
            if actions
        )
        self._where()

    def _delete(self) -> None:
        self._take_word("FROM")
        self._table()
        self._where()

    def _set_action(self) -> str:
        path = self._path()
        self._take_sign("=")
        text = self._update_operand()
        while sign := self._next_sign("+", "-"):
            text += f" {sign} {self._update_operand()}"
        return f"{path} = {text}"

    def _remove_action(self) -> str:
        return self._path()

    def _update_operand(self) -> str:
        if self._token.is_word("LIST_APPEND", "IF_NOT_EXISTS"):
            function = self._advance().text.lower()
            self._take_sign("(")
            first = self._update_operand()
            self._take_sign(",")
            second = self._update_operand()
            self._take_sign(")")
            return f"{function}({first}, {second})"
        return self._operand()

    def _table(self) -> None:
        self._result.table = self._name()
        if self._next_sign("."):
            self._result.index = self._name()

    def _where(self) -> None:
        if not self._next_word("WHERE"):
            return
        start = self._index
        self._result.condition = self._condition()
        self._collect_key(self._tokens[start : self._index])

    def _condition(self) -> str:
        parts = [self._all_of()]
        while self._next_word("OR"):
            parts.append(self._all_of())
        return " OR ".join(parts)

    def _all_of(self) -> str:
        parts = [self._negation()]
        while self._next_word("AND"):
            parts.append(self._negation())
        return " AND ".join(parts)

    def _negation(self) -> str:
        if self._next_word("NOT"):
            return f"NOT {self._negation()}"
        if self._next_sign("("):
            inner = self._condition()
            self._take_sign(")")
            return f"({inner})"
        return self._comparison()

    def _comparison(self) -> str:
        left = self._operand()
        if left.startswith(("begins_with", "contains", "attribute_type")):
            return left
        if self._next_word("IS"):
            return self._is(left)
        if self._next_word("BETWEEN"):
            low = self._operand()
            self._take_word("AND")
            return f"{left} BETWEEN {low} AND {self._operand()}"
        if self._next_word("IN"):
            return f"{left} IN ({', '.join(self._choices())})"
        if self._token.text not in _COMPARISONS or self._token.kind != "sign":
            raise self._problem()
        sign = self._advance().text.replace("!=", "<>")
        return f"{left} {sign} {self._operand()}"

    def _is(self, path: str) -> str:
        negated = self._next_word("NOT")
        if self._take_word("MISSING", "NULL") == "MISSING":
            return f"attribute{'' if negated else '_not'}_exists({path})"
        test = f"attribute_type({path}, {self._placeholder({'S': 'NULL'})})"
        return f"(NOT {test})" if negated else test

    def _choices(self) -> list[str]:
        closing = ")" if self._take_sign("[", "(") == "(" else "]"
        choices = [self._operand()]
        while self._next_sign(","):
            choices.append(self._operand())
        self._take_sign(closing)
        return choices

    def _operand(self) -> str:
        token = self._token
        if token.kind == "word" and token.text.lower() in _FUNCTIONS:
            following = self._tokens[self._index + 1]
            if (following.kind, following.text) == ("sign", "("):
                return self._function()
        if token.kind == "quoted" or (
            token.kind == "word" and not token.is_word("TRUE", "FALSE", "NULL")
        ):
            return self._path()
        return self._placeholder(self._value())

    def _function(self) -> str:
        name = self._advance().text.lower()
        self._take_sign("(")
        arguments = [self._operand()]
        while self._next_sign(","):
            arguments.append(self._operand())
        self._take_sign(")")
        return f"{name}({', '.join(arguments)})"

    def _path(self) -> str:
        """A document path, as an expression has it: ``#n0.#n1[2]``."""
        text = ""
        for element in self._elements():
            if isinstance(element, int):
                text += f"[{element}]"
            else:
                text += f"{'.' if text else ''}{self._name_placeholder(element)}"
        return text

    def _elements(self) -> list[str | int]:
        elements: list[str | int] = [self._name()]
        while True:
            if self._next_sign("."):
                elements.append(self._name())
            elif self._next_sign("["):
                elements.append(int(self._take("number").text))
                self._take_sign("]")
            else:
                return elements

    def _name_placeholder(self, name: str) -> str:
        names = self._result.names
        for placeholder, known in names.items():
            if known == name:
                return placeholder
        placeholder = f"#n{len(names)}"
        names[placeholder] = name
        return placeholder

    def _placeholder(self, value: Any) -> str:
        name = f":v{len(self._result.values)}"
        self._result.values[name] = value
        return name

    def _value(self) -> Any:
        token = self._advance()
        if token.kind in {"string", "number"}:
            return {"S" if token.kind == "string" else "N": token.text}
        if token.is_word("TRUE", "FALSE"):
            return {"BOOL": token.is_word("TRUE")}
        if token.is_word("NULL"):
            return {"NULL": True}
        if token.text == "-" and self._token.kind == "number":
            return {"N": f"-{self._advance().text}"}
        if token.kind == "sign" and token.text in {"?", "[", "{", "<<"}:
            return self._compound(token.text)
        self._index -= 1
        raise self._problem()

    def _compound(self, opening: str) -> Any:
        if opening == "?":
            if not self._parameters:
                raise ValidationError(
                    "Number of parameters in request and statement don't match."
                )
            return self._parameters.pop(0)
        if opening == "{":
            return {"M": dict(self._entries())}
        closing = "]" if opening == "[" else ">>"
        members = []
        while not self._next_sign(closing):
            members.append(self._value())
            if not self._next_sign(","):
                self._take_sign(closing)
                break
        return {"L": members} if opening == "[" else self._set(members)

    def _entries(self) -> list[tuple[str, Any]]:
        entries = []
        while not self._next_sign("}"):
            name = self._take("string").text
            self._take_sign(":")
            entries.append((name, self._value()))
            if not self._next_sign(","):
                self._take_sign("}")
                break
        return entries

    def _set(self, members: list[Any]) -> Any:
        kinds = {kind for member in members for kind in member}
        if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
            raise self._problem()
        (kind,) = kinds
        return {f"{kind}S": [member[kind] for member in members]}

    def _returning(self) -> str:
        which = self._take_word("ALL", "MODIFIED")
        when = self._take_word("OLD", "NEW")
        self._take_sign("*")
        return f"{'ALL' if which == 'ALL' else 'UPDATED'}_{when}"

    def _collect_key(self, tokens: list[Token]) -> None:
        """Finds ``name = value`` in a condition that is nothing but ANDs."""
        if any(token.is_word("OR", "NOT") for token in tokens):
            return
        comparisons = re.finditer(
            r"(?:^|AND |\()(#n\d+) = (:v\d+)(?= AND|\)|$)", self._result.condition or ""
        )
        for match in comparisons:
            name, value = match.groups()
            self._result.key[self._result.names[name]] = self._result.values[value]

    def _name(self) -> str:
        if self._token.kind not in {"word", "quoted"}:
            raise self._problem()
        return self._advance().text

    @property
    def _token(self) -> Token:
        return self._tokens[self._index]

    def _advance(self) -> Token:
        token = self._token
        if token.kind == "end":
            raise self._problem()
        self._index += 1
        return token

    def _take(self, kind: str) -> Token:
        if self._token.kind != kind:
            raise self._problem()
        return self._advance()

    def _next_word(self, *words: str) -> str | None:
        return self._advance().text.upper() if self._token.is_word(*words) else None

    def _next_sign(self, *signs: str) -> str | None:
        token = self._token
        if token.kind == "sign" and token.text in signs:
            return self._advance().text
        return None

    def _take_word(self, *words: str) -> str:
        if word := self._next_word(*words):
            return word
        raise self._problem()

    def _take_sign(self, *signs: str) -> str:
        if sign := self._next_sign(*signs):
            return sign
        raise self._problem()

    def _problem(self) -> ValidationError:
        token = self._token
        return ValidationError(
            "Statement wasn't well formed, can't be processed: Unexpected"
            f" {token.text or 'end'} at character {token.at + 1}"
        )


def _tokens(text: str) -> list[Token]:
    tokens = []
    position = 0
    text = text.rstrip().removesuffix(";").rstrip()
    while position < len(text):
        match = _TOKENS.match(text, position)
        if match is None or match.lastgroup is None:
            raise ValidationError(
                "Statement wasn't well formed, can't be processed: Unexpected"
                f" {text[position:].split()[0]} at character {position + 1}"
            )
        kind = match.lastgroup
        quote = {"string": "'", "quoted": '"'}.get(kind, "")
        found = match[kind].replace(quote * 2, quote) if quote else match[kind]
        tokens.append(Token(kind, found, match.start(kind)))
        position = match.end()
    return [*tokens, Token("end", "", len(text))]
