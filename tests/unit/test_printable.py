"""Text of strangers does nothing to the terminal that it is printed on."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stepwire.errors import StepwireError
from stepwire.printable import printable
from stepwire.terminal import print_error
from stepwire.terraform.diagnostics import Diagnostic, TerraformError
from stepwire.testing import format_history

HOSTILE = "\x1b]52;c;cHduZWQ=\x07\x9b2J\r\u202egnp.exe\u2066\x00\udc80"
HARMLESS = r"\x1b]52;c;cHduZWQ=\x07\x9b2J\r\u202egnp.exe\u2066\x00\udc80"


def test_controls_and_changes_of_direction_are_escapes() -> None:
    assert printable(HOSTILE) == HARMLESS
    assert printable(HARMLESS) == HARMLESS
    assert printable("é ✓\n\t👍") == "é ✓\n\t👍"


def test_errors_are_printable_in_pytest_too() -> None:
    error = StepwireError(f"The page said {HOSTILE}", hint=f"See {HOSTILE}")
    assert str(error) == f"The page said {HARMLESS}\nSee {HARMLESS}"


def test_a_hint_is_printed_once(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(StepwireError("Wrong.", hint=f"See {HOSTILE}"))
    assert capsys.readouterr().err == f"Wrong.\nSee {HARMLESS}\n"


def test_terraforms_words_are_printable() -> None:
    said = Diagnostic(
        "error", HOSTILE, HOSTILE, code=HOSTILE, line=1, values=(HOSTILE,)
    )
    for text in (str(said), str(TerraformError("apply failed", [said], hint=HOSTILE))):
        assert r"\x1b]52;c;" in text
        assert not set(text) & set(HOSTILE) - set(HARMLESS)


def test_causes_in_a_history_are_printable() -> None:
    event = {
        "id": 1,
        "type": "TaskFailed",
        "timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "taskFailedEventDetails": {"error": "Http", "cause": HOSTILE},
    }
    text = format_history([event])
    assert not set(text) & set(HOSTILE) - set(HARMLESS)
    assert r"\x1b]52;c;" in text
