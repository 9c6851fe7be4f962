"""What a failed test shows beside the failure itself."""

from __future__ import annotations

import pytest

CONFTEST = """
import pathlib
import types

import pytest

@pytest.fixture(scope="session")
def stepwire_emulator(tmp_path_factory):
    log = tmp_path_factory.mktemp("emulator") / "log"
    log.write_text(
        "10:00  INFO --- [one] request.aws : AWS sns.Publish => 200\\n"
        "10:01 ERROR --- [two] moto        : a fault of the emulator's\\n"
        "    Traceback (most recent call last):\\n"
        "10:02  INFO --- [one] request.aws : AWS sns.Publish => 500\\n"
    )
    return types.SimpleNamespace(log_file=log)
"""


def test_the_emulators_complaints_are_shown(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(
        """
        def test_good(stepwire_emulator): pass
        def test_bad(stepwire_emulator): assert 1 == 2
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines_random(
        [
            "*Emulator's last complaints*",
            "*a fault of the emulator's*",
            "*Traceback*",
            "*=> 500*",
        ]
    )
    result.stdout.no_fnmatch_line("*=> 200*")
