"""modules/http-notifier/workflow/marks.yaml is what Unicode says today."""

from __future__ import annotations

from tools import marks


def test_the_marks_are_those_of_pythons_unicode() -> None:
    assert marks.FILE.read_text("utf-8") == marks.text(), (
        "run `python -m tools.marks`, which writes the file"
    )


def test_a_mark_is_in_a_range_and_a_letter_is_not() -> None:
    lines = marks.text().splitlines()
    assert "- \\u0300-\\u036F # combining grave accent" in lines
    assert "- \\u0E33-\\u0E3A # thai character sara am" in lines
    # The letter avagraha stands between two marks.
    assert "- \\u0ABC # gujarati sign nukta" in lines
    assert "- \\u0ABE-\\u0ACD # gujarati vowel sign aa" in lines
