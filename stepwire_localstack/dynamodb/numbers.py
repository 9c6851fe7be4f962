"""Numbers as DynamoDB keeps them: 38 digits, exact, without needless zeros.

"Supported data types and naming rules": positive from 1E-130 to 9.99…E+125 with up to
38 digits, "leading and trailing zeroes are trimmed". moto keeps the text that was sent,
for which 1 and 1.0 are two keys, and subtracts in binary floating point.
"""

from __future__ import annotations

from decimal import Context, Decimal, InvalidOperation
from typing import Any, Final

from localstack.utils.patch import patch
from moto.dynamodb.exceptions import IncorrectDataType
from moto.dynamodb.models.dynamo_type import DynamoType

from .errors import ValidationError

_DIGITS: Final = 38
_LARGEST_EXPONENT: Final = 125
_SMALLEST_EXPONENT: Final = -130
# Wide enough for a sum of any two numbers: the largest and the smallest.
_ARITHMETIC: Final = Context(prec=300)


def install() -> None:
    """Makes moto keep numbers in one form and add and subtract them exactly."""

    @patch(DynamoType.__init__)  # type: ignore[untyped-decorator]
    def initialize(fn: Any, self: Any, value: Any) -> None:
        fn(self, value)
        if self.type == "N":
            self.value = canonical(self.value)
        elif self.type == "NS":
            self.value = [canonical(number) for number in self.value]

    @patch(DynamoType.__add__)  # type: ignore[untyped-decorator]
    def add(_fn: Any, self: Any, other: Any) -> Any:
        return _result(_ARITHMETIC.add(*_operands(self, other)))

    @patch(DynamoType.__sub__)  # type: ignore[untyped-decorator]
    def subtract(_fn: Any, self: Any, other: Any) -> Any:
        return _result(_ARITHMETIC.subtract(*_operands(self, other)))


def canonical(text: Any) -> Any:
    """The number of a text as DynamoDB writes it; what is no number stays as it is."""
    try:
        return _text(Decimal(text))
    except (InvalidOperation, TypeError, ValueError):
        return text


def check(text: str) -> None:
    """Raises ValidationError for what is no number of DynamoDB's."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or text != text.strip() or "_" in text:
        raise ValidationError(
            f"The parameter cannot be converted to a numeric value: {text}"
        )
    _check_range(number)


def significant_digits(text: str) -> int:
    """The number of digits without leading and trailing zeros; 0 for zero."""
    return len("".join(map(str, Decimal(text).as_tuple().digits)).strip("0"))


def _check_range(number: Decimal) -> None:
    if not number:
        return
    if number.adjusted() > _LARGEST_EXPONENT:
        raise ValidationError(
            "Number overflow. Attempting to store a number with magnitude larger than"
            " supported range"
        )
    if number.adjusted() < _SMALLEST_EXPONENT:
        raise ValidationError(
            "Number underflow. Attempting to store a number with magnitude smaller than"
            " supported range"
        )
    if significant_digits(str(number)) > _DIGITS:
        raise ValidationError(
            f"Attempting to store more than {_DIGITS} significant digits in a Number"
        )


def _operands(left: Any, right: Any) -> tuple[Decimal, Decimal]:
    if left.type != "N" or right.type != "N":
        raise IncorrectDataType
    return Decimal(left.value), Decimal(right.value)


def _result(number: Decimal) -> DynamoType:
    _check_range(number)
    return DynamoType({"N": _text(number)})


def _text(number: Decimal) -> str:
    if not number.is_finite():
        raise ValueError(f"{number} is not finite")
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if not number else text
