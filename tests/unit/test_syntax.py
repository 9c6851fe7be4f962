"""The one reader of Terraform's files: the values that it knows without Terraform."""

from __future__ import annotations

import pytest

from stepwire.syntax import expression, literal


def test_literals_are_values() -> None:
    text = """{
  name   = "a \\"b\\" ü" # why
  number = -1.5
  list   = [
    true,
    null,
  ]
  "a b"  = {}
}"""
    assert literal(expression(text)) == {
        "name": 'a "b" ü',
        "number": -1.5,
        "list": [True, None],
        "a b": {},
    }


@pytest.mark.parametrize("text", ["var.name", '"${var.name}-x"', "max(1, 2)", "1 + 1"])
def test_what_terraform_evaluates_is_no_literal(text: str) -> None:
    with pytest.raises(ValueError, match="is no literal"):
        literal(expression(text))
