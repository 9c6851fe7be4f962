"""How ``make bench`` writes its report."""

from __future__ import annotations

from bench import report

CONDITIONS = report.Conditions("2026-01-01 00:00 UTC", "2 cores", 0.5)


def section(name: str, body: str) -> str:
    return report.section(name, name.upper(), CONDITIONS, body)


def test_a_section_is_written_anew_and_the_others_stay() -> None:
    names = ["first", "second", "third"]
    first, second = section("first", "| 1 |"), section("second", "| 2 |")
    before = report.document("", names, {"second": second, "first": first})
    assert before.index("## FIRST") < before.index("## SECOND")
    third, again = section("third", "| 3 |"), section("first", "| 1 again |")
    after = report.document(before, names, {"third": third, "first": again})
    assert [part in after for part in (first, again, second, third)] == [
        False,
        True,
        True,
        True,
    ]
    assert report.document(after, names, {}) == after


def test_a_target_that_is_missed_is_bold() -> None:
    *_, met, missed = report.targets([("a", 0.5, 1.0), ("b", 1.5, 1.0)])
    assert met == "| a | 0.500 times | yes |"
    assert missed == "| b | 1.500 times | **no** |"
