"""What the checks of orders and decisions say of any JSON body, in milliseconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonata import Jsonata

JSONATA = Path(__file__).parents[2] / "modules" / "order-approval" / "workflow"
HALF = "\ud800"
ITEM = {"sku": "beans", "quantity": 1, "unit_price": 9.5}
ORDER = {"order_id": "o-1", "customer": "Ada", "items": [ITEM]}
DECISION = {"decision": "approve", "reason": "fine"}


def problems_of(kind: str, body: Any) -> list[str]:
    """The sentences, as the module puts the two files together."""
    checks, own = (
        (JSONATA / f"{name}.jsonata").read_text(encoding="utf-8")
        for name in ("checks", f"problems_of_{kind}")
    )
    expression = Jsonata(f"({checks} {own})")
    return list(expression.evaluate(None, {"states": {"input": {"body": body}}}))


def with_item(**changes: Any) -> dict[str, Any]:
    return ORDER | {"items": [ITEM, ITEM | changes]}


WRONG: dict[str, tuple[str, Any, str]] = {
    "half a character as customer": (
        "order",
        ORDER | {"customer": HALF},
        "customer has a lone surrogate",
    ),
    "the other half within a customer": (
        "order",
        ORDER | {"customer": "a\udc00b"},
        "customer has a lone surrogate",
    ),
    "two halves in the wrong order": (
        "order",
        ORDER | {"customer": "\udc00\ud800"},
        "customer has a lone surrogate",
    ),
    "half a character behind a whole one": (
        "order",
        ORDER | {"customer": "🚀\udc00"},
        "customer has a lone surrogate",
    ),
    "half a character as sku": (
        "order",
        with_item(sku=HALF),
        "items[1].sku has a lone surrogate",
    ),
    "half a character as order_id": (
        "order",
        ORDER | {"order_id": HALF},
        "order_id must be",
    ),
    "an order_id with a line break behind it": (
        "order",
        ORDER | {"order_id": "o-1\n"},
        "order_id must be",
    ),
    "half a character as a name": (
        "order",
        ORDER | {HALF: 1},
        "not a name with a lone surrogate",
    ),
    "half a character as an item's name": (
        "order",
        with_item(**{HALF: 1}),
        "items[1] takes sku, quantity and unit_price, not a name with a lone",
    ),
    "half a character deep in what is not taken": (
        "order",
        ORDER | {"note": {"a": [[HALF]]}},
        'not "note"',
    ),
    "half a character as a quantity": (
        "order",
        with_item(quantity=HALF),
        "items[1].quantity must be",
    ),
    "an empty name": ("order", ORDER | {"": 1}, 'not ""'),
    "an item's empty name": (
        "order",
        with_item(**{"": 1}),
        'items[1] takes sku, quantity and unit_price, not ""',
    ),
    "half a character as reason": (
        "decision",
        DECISION | {"reason": f"no{HALF}"},
        "reason has a lone surrogate",
    ),
    "half a character as decision": (
        "decision",
        {"decision": HALF},
        "decision must be",
    ),
    "half a character as a decision's name": (
        "decision",
        DECISION | {HALF: 1},
        "not a name with a lone surrogate",
    ),
    "a decision's empty name": ("decision", DECISION | {"": 1}, 'not ""'),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_kept_is_refused_by_its_fields_name(name: str) -> None:
    kind, body, sentence = WRONG[name]
    [problem] = problems_of(kind, body)
    assert sentence in problem
    problem.encode()


@pytest.mark.parametrize(
    "text",
    ["\0", "\x7f\x85", "\ufffe\uffff", "\U0010ffff", "\ufeff", "🚀" * 256, "e\u0301"],
)
def test_any_other_text_is_taken(text: str) -> None:
    assert problems_of("order", ORDER | {"customer": text}) == []
    assert problems_of("order", with_item(sku=text[:64])) == []
    assert problems_of("decision", DECISION | {"reason": text}) == []


def test_a_refusal_quotes_the_beginning_of_what_it_refuses() -> None:
    [problem] = problems_of("order", ORDER | {"x" * 3000: 1})
    assert problem.endswith(f'not "{"x" * 40}…"')
    [problem] = problems_of("order", ORDER | {f"name-{n}": 1 for n in range(900)})
    assert problem.endswith('"name-3", "name-4" and 895 more')
    [problem] = problems_of("order", {f"name-{n}": 1 for n in range(6)} | ORDER)
    assert problem.endswith('"name-3", "name-4" and 1 more')


def test_names_without_end_are_refused_before_the_time_is_over() -> None:
    many = {f"name-{n}": 1 for n in range(200)}
    problems = problems_of("order", ORDER | {"items": [ITEM | many] * 20})
    assert problems[9].startswith("items[9] takes sku, quantity and unit_price, not ")
    assert problems[9].endswith('"name-4" and 195 more')


def test_the_first_ten_of_many_problems_are_told() -> None:
    problems = problems_of("order", ORDER | {"items": [{}] * 100})
    assert len(problems) == 11
    assert problems[-1] == "290 more like these"


_TEXTS = st.text(st.characters(codec=None, categories=None), max_size=8)
_BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*ORDER, *ITEM, *DECISION]) | _TEXTS, inner, max_size=4
        )
    ),
    max_leaves=12,
)


@pytest.mark.slow
@given(st.sampled_from(["order", "decision"]), _BODIES)
def test_of_any_body_there_is_a_short_answer(kind: str, body: Any) -> None:
    problems = problems_of(kind, body)
    if not problems:
        json.dumps(body, ensure_ascii=False).encode()
    message = "; ".join(problems)
    assert len(message.encode()) < 8000
