"""What of a stranger's text LocalStack's log gets."""

from __future__ import annotations

import logging
import sys

import pytest

from stepwire_localstack import log_lines


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        ("/a b/é/日本", "/a b/é/日本"),
        ("/\x1b[31m", "/\\x1b[31m"),
        ("/\x1b]52;c;Y3VybA==\x07", "/\\x1b]52;c;Y3VybA==\\x07"),
        ("/a\r\n2026-11-27 INFO", "/a\\r\\n2026-11-27 INFO"),
        ("\x85\u2028\u202e\x9b2J\x7f\x00\t", "\\x85\\u2028\\u202e\\x9b2J\\x7f\\x00\\t"),
        ("\ud800", "\\ud800"),
    ],
)
def test_a_message_is_one_line_that_can_be_printed(sent: str, written: str) -> None:
    record = log_lines.Record("n", logging.INFO, "f", 1, "GET %s", (sent,), None)
    assert record.getMessage() == f"GET {written}"


def test_a_stack_trace_has_no_line_at_the_margin() -> None:
    try:
        raise ValueError("a\x1b[2J\n2026-11-27T00:00:00 INFO forged")
    except ValueError:
        trace = logging.Formatter().formatException(sys.exc_info())  # type: ignore[arg-type]
    lines = log_lines.indented(trace).splitlines()
    assert all(line.startswith("    ") for line in lines)
    assert "ValueError: a\\x1b[2J" in lines[-2]
