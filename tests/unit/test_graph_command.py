"""``stepwire graph``: where definitions come from, and where pictures go."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from stepwire.cli import main

WORKFLOW = {
    "StartAt": "Ship",
    "States": {"Ship": {"Type": "Pass", "Next": "No"}, "No": {"Type": "Succeed"}},
}
YAML = """\
# A comment.
StartAt: Ship
States:
  Ship: &ship {Type: Pass, Next: No}
  Again: {<<: *ship, Comment: 2026-11-27}
  No: {Type: Succeed}
"""
TEMPLATE = """\
StartAt: Ship
States:
  Ship: ${ship_task}
  %{ if bill }
  Bill: {Type: Wait, Seconds: ${pause}, End: true}
  %{ endif }
"""
# Nine times nine times nine …: each line has the one above nine times.
BOMB = "A: &n0 x\n" + "".join(
    f"B{n}: &n{n} [{', '.join([f'*n{n - 1}'] * 9)}]\n" for n in range(1, 30)
)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.json").write_text(json.dumps(WORKFLOW), encoding="utf-8")
    (tmp_path / "w.asl.yaml").write_text(YAML, encoding="utf-8")
    (tmp_path / "t.asl.yaml").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("written")
def test_json_is_drawn_in_mermaid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "w.json"]) == 0
    assert "s_Ship --> s_No" in capsys.readouterr().out


@pytest.mark.usefixtures("written")
def test_yaml_is_read_as_terraform_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph", "w.asl.yaml"]) == 0
    drawn = capsys.readouterr().out
    assert "s_Ship --> s_No" in drawn  # "No" is no truth value
    assert "s_Again --> s_No" in drawn  # <<: *ship


def test_standard_input_is_drawn(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(WORKFLOW)))
    assert main(["graph", "-", "--format", "dot"]) == 0
    assert capsys.readouterr().out.startswith("digraph")


@pytest.mark.parametrize("definition", [WORKFLOW, json.dumps(WORKFLOW)])
def test_what_describe_state_machine_returns_is_drawn(
    written: Path, definition: object, capsys: pytest.CaptureFixture[str]
) -> None:
    described = {"name": "orders", "definition": definition}
    (written / "d.json").write_text(json.dumps(described), encoding="utf-8")
    assert main(["graph", "d.json"]) == 0
    assert "s_Ship --> s_No" in capsys.readouterr().out


def test_the_ending_of_the_file_chooses_the_format(written: Path) -> None:
    assert main(["graph", "w.json", "-o", "w.svg"]) == 0
    assert ET.parse(written / "w.svg").getroot().tag.endswith("svg")
    assert main(["graph", "w.json", "-o", "w.svg", "--format", "dot"]) == 0
    assert (written / "w.svg").read_text(encoding="utf-8").startswith("digraph")
    assert main(["graph", "w.json", "-o", "w.md"]) == 0
    assert (written / "w.md").read_text(encoding="utf-8").startswith("flowchart")


def test_a_definition_is_not_replaced_by_its_picture(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (written / "w.svg").symlink_to("w.json")
    for file in ("w.json", "w.svg"):
        assert main(["graph", "w.json", "-o", file]) == 1
        assert f"{file} is the definition" in capsys.readouterr().err
    assert json.loads((written / "w.json").read_text(encoding="utf-8")) == WORKFLOW


def test_a_pipe_is_drawn(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # As `stepwire graph <(terraform output -raw definition)` names one.
    os.mkfifo(written / "pipe")
    writer = threading.Thread(
        target=(written / "pipe").write_text, args=[json.dumps(WORKFLOW), "utf-8"]
    )
    writer.start()
    assert main(["graph", "pipe"]) == 0
    writer.join()
    assert "s_Ship --> s_No" in capsys.readouterr().out


@pytest.mark.usefixtures("written")
def test_a_template_is_rendered_with_values(capsys: pytest.CaptureFixture[str]) -> None:
    ship = '{"Type": "Pass", "Next": "Bill"}'
    values = [f"--set=ship_task={ship}", "--set=bill=true", "--set=pause=60"]
    assert main(["graph", "t.asl.yaml", *values]) == 0
    drawn = capsys.readouterr().out
    assert "s_Ship --> s_Bill" in drawn
    assert "Wait 60 seconds" in drawn


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ('{"StartAt": "A",\n "States" {}}', ["x.json:2:11: no JSON"]),
        ('{"StartAt": "A", "StartAt": "B"}', ['x.json: the key "StartAt" is in']),
        ("StartAt: A\n  States: {}", ["x.json:2:9: no YAML"]),
        ("A: 1\nB: 2\nA: 3", ['x.json:3:1: no YAML: the key "A" is there twice']),
        ("A: !Sub text", ["x.json:1:4: no YAML", "!Sub"]),
        ("", ["x.json: nothing where an object is needed"]),
        ("[1]", ["x.json: a list where an object is needed"]),
        ('{"StartAt": "A", "States": {}}', ["x.json: States: an object with states"]),
        (TEMPLATE, ["x.json:4:3", "Its values: ship_task, bill, pause."]),
        (
            "StartAt: A\nStates:\n  A: ${task}",
            ["x.json: States.A: a text where a state", "--set NAME=VALUE"],
        ),
        ("\ud800", ["x.json is no text in UTF-8"]),
        (BOMB, ["x.json:", "with its aliases it has more than 100,000 values"]),
        ("A: &a [*a]", ["x.json:1:4: no YAML: an alias stands in its own anchor"]),
        ("A: !!binary aGk=", ["x.json:1:4: no YAML", "binary"]),
        ("A: !!bool maybe", ["x.json: no YAML: 'maybe' is no truth value"]),
        ("? [A]\n: 1", ["x.json:1:3: no YAML: a key is a text"]),
        ("[" * 5000, ["x.json: it is nested too deeply"]),
    ],
)
def test_a_file_that_cannot_be_drawn(
    written: Path, text: str, problems: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (written / "x.json").write_text(text, encoding="utf-8", errors="surrogatepass")
    assert main(["graph", "x.json", "-o", "out.svg"]) == 1
    error = capsys.readouterr().err
    for problem in problems:
        assert problem in error
    assert not (written / "out.svg").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["none.json"], "There is no file none.json."),
        (["."], ". is a folder"),
        (["arn:aws:lambda:eu-west-1:1:function:f"], "is no ARN of a state machine"),
        (["arn:aws:states:x:1:stateMachine:m", "--set", "a=1"], "--set is for a file"),
        (
            ["t.asl.yaml", "--set", "bill=true"],
            't.asl.yaml cannot be rendered. Invalid value for "vars" parameter',
        ),
    ],
)
@pytest.mark.usefixtures("written")
def test_an_argument_that_names_nothing(
    arguments: list[str], problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["graph", *arguments]) == 1
    assert problem in capsys.readouterr().err


@pytest.mark.usefixtures("written")
def test_a_value_without_a_name_is_a_wrong_use(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["graph", "t.asl.yaml", "--set", "bill"])
    assert exited.value.code == 2
    assert "'bill' is not NAME=VALUE" in capsys.readouterr().err


def test_what_mermaid_does_not_draw_by_default_is_told(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    states = {f"S{n}": {"Type": "Pass", "Next": f"S{n + 1}"} for n in range(600)}
    definition = {"StartAt": "S0", "States": {**states, "S600": {"Type": "Fail"}}}
    (written / "large.json").write_text(json.dumps(definition), encoding="utf-8")
    assert main(["graph", "large.json"]) == 0
    assert "no more than 500 arrows" in capsys.readouterr().err
