"""The graph of a definition, and its words, whatever the format."""

from __future__ import annotations

from typing import Any

import pytest

from stepwire.graph import Arrow, Graph, from_definition
from stepwire.graph.labels import condition, details, lines
from stepwire.graph.model import DefinitionError

State = dict[str, Any]
TASK = "arn:aws:states:::lambda:invoke"


def machine(**states: State) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def task(**fields: object) -> State:
    return {"Type": "Task", "Resource": TASK, **fields}


def names(graph: Graph) -> list[str]:
    return [node.name or node.kind for node in graph.nodes]


def named_arrows(graph: Graph) -> list[tuple[str, str]]:
    name = {node.id: node.name or node.kind for node in graph.nodes}
    return [(name[one.source], name[one.target]) for one in graph.arrows]


def test_states_are_in_the_order_in_which_they_run() -> None:
    graph = from_definition(
        {
            "StartAt": "Charge",
            "States": {
                "Ship": task(End=True),
                "Charge": task(Next="Pack"),
                "Pack": task(Next="Ship"),
                "Unreached": {"Type": "Fail"},
            },
        }
    )
    assert names(graph) == ["Start", "Charge", "Pack", "Ship", "Unreached", "End"]
    assert set(named_arrows(graph)) == {
        ("Start", "Charge"),
        ("Charge", "Pack"),
        ("Pack", "Ship"),
        ("Ship", "End"),
    }


def test_a_workflow_that_only_fails_has_no_end() -> None:
    assert names(from_definition(machine(No={"Type": "Fail"}))) == ["Start", "No"]


def test_the_branches_of_a_parallel_begin_together_within_it() -> None:
    parallel = {
        "Type": "Parallel",
        "Branches": [machine(A=task(End=True)), machine(B=task(End=True))],
        "End": True,
    }
    inside = from_definition(machine(Both=parallel)).nodes[1].inside
    assert inside is not None
    assert named_arrows(inside) == [
        ("Start", "A"),
        ("A", "End"),
        ("Start", "B"),
        ("B", "End"),
    ]


@pytest.mark.parametrize("key", ["ItemProcessor", "Iterator"])
def test_a_map_has_its_processor_within_it(key: str) -> None:
    state = {"Type": "Map", key: machine(One=task(End=True)), "End": True}
    inside = from_definition(machine(Each=state)).nodes[1].inside
    assert inside is not None
    assert names(inside) == ["Start", "One", "End"]


def test_rules_to_the_same_state_are_one_arrow_with_each_condition() -> None:
    choice = {
        "Type": "Choice",
        "Choices": [
            {"Variable": "$.total", "NumericGreaterThan": 100, "Next": "Ask"},
            {"Variable": "$.vip", "BooleanEquals": False, "Next": "Ask"},
        ],
        "Default": "Ship",
    }
    states = {"Large": choice, "Ask": task(End=True), "Ship": task(End=True)}
    graph = from_definition(machine(**states))
    assert [one.labels for one in graph.arrows if one.labels] == [
        ("$.total > 100", "$.vip = false"),
        ("otherwise",),
    ]


def test_a_catch_is_an_arrow_of_another_kind_with_the_names_of_its_errors() -> None:
    catch = [{"ErrorEquals": ["Declined", "States.Timeout"], "Next": "Refund"}]
    graph = from_definition(
        machine(Charge=task(Catch=catch, Next="Refund"), Refund={"Type": "Succeed"})
    )
    assert graph.arrows[1:3] == (
        Arrow("s_Charge", "s_Refund"),
        Arrow("s_Charge", "s_Refund", True, ("Declined", "States.Timeout")),
    )


def test_a_state_with_a_retry_says_so() -> None:
    graph = from_definition(
        machine(A=task(Retry=[{"ErrorEquals": ["X"]}], Next="B"), B=task(End=True))
    )
    assert [node.retries for node in graph.nodes] == [False, True, False, False]


def test_names_that_differ_in_what_is_no_letter_only_have_ids_of_their_own() -> None:
    states = {"a b": task(Next="a-b"), "a-b": task(Next="a🎉b"), "a🎉b": task(End=True)}
    ids = [node.id for node in from_definition(machine(**states)).nodes]
    assert len(set(ids)) == 5
    assert all(one.isascii() and one.isidentifier() for one in ids)


def test_control_characters_of_a_name_are_escapes() -> None:
    graph = from_definition(machine(**{"a\nb\x1b\ufffe": task(End=True)}))
    assert graph.nodes[1].name == "a\\nb\\x1b\ufffd"


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"Variable": "$.a", "StringEquals": "x"}, '$.a = "x"'),
        ({"Variable": "$.a", "StringEqualsPath": "$.b"}, "$.a = $.b"),
        ({"Variable": "$.a", "NumericLessThanEquals": 7}, "$.a ≤ 7"),
        ({"Variable": "$.a", "TimestampGreaterThanEqualsPath": "$.t"}, "$.a ≥ $.t"),
        ({"Variable": "$.a", "StringMatches": "log-*"}, '$.a matches "log-*"'),
        ({"Variable": "$.a", "IsPresent": True}, "$.a is present"),
        ({"Variable": "$.a", "IsPresent": False}, "$.a is absent"),
        ({"Variable": "$.a", "IsNull": True}, "$.a is null"),
        ({"Variable": "$.a", "IsString": False}, "$.a is not a string"),
        ({"Not": {"Variable": "$.a", "IsNull": True}}, "not ($.a is null)"),
        (
            {
                "And": [
                    {"Variable": "$.a", "IsPresent": True},
                    {
                        "Or": [
                            {"Variable": "$.a", "NumericEquals": 1},
                            {"Variable": "$.b", "BooleanEquals": True},
                        ]
                    },
                ]
            },
            "$.a is present and ($.a = 1 or $.b = true)",
        ),
        ({"Condition": "{% $total > 100 %}"}, "$total > 100"),
        ({"Condition": "{%\n  $a\n  and $b\n%}"}, "$a and $b"),
        ({"Condition": True}, "true"),
        ({"Condition": "{% $x %}", "Comment": "It is large"}, "It is large: $x"),
    ],
)
def test_conditions_are_readable(rule: State, words: str) -> None:
    assert condition(rule) == words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (task(), ["lambda:invoke"]),
        (task(Resource=f"{TASK}.waitForTaskToken"), ["lambda:invoke.waitForTaskToken"]),
        (task(Resource="arn:aws:states:::aws-sdk:sfn:listTagsForResource"), None),
        (
            task(Resource="arn:aws-cn:lambda:cn-north-1:1:function:f:live"),
            ["lambda f:live"],
        ),
        (task(Resource="${function_arn}"), ["${function_arn}"]),
        ({"Type": "Wait", "Seconds": 60}, ["Wait 60 seconds"]),
        ({"Type": "Wait", "Seconds": "{% $pause %}"}, ["Wait $pause seconds"]),
        ({"Type": "Wait", "TimestampPath": "$.when"}, ["Wait until $.when"]),
        ({"Type": "Fail", "Error": "Rejected"}, ["Fail Rejected"]),
        ({"Type": "Fail"}, ["Fail"]),
        ({"Type": "Succeed"}, ["Succeed"]),
        ({"Type": "Map", "ItemsPath": "$.items"}, ["Map: for each of $.items"]),
        ({"Type": "Map", "Items": "{% $items %}"}, ["Map: for each of $items"]),
        (
            {
                "Type": "Map",
                "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED"}},
            },
            ["Map", "DISTRIBUTED"],
        ),
        ({"Type": "Choice"}, []),
    ],
)
def test_a_state_says_what_it_does(state: State, words: list[str] | None) -> None:
    assert list(details(state)) == (
        ["sfn:listTagsForResource"] if words is None else words
    )


def test_long_texts_are_wrapped_and_cut() -> None:
    assert lines("sns:publish.waitForTaskToken", 22) == [
        "sns:publish.",
        "waitForTaskToken",
    ]
    assert lines("OrderWasRejectedByThePersonAsked", 22) == [
        "OrderWasRejectedByThe",
        "PersonAsked",
    ]
    cut = lines("word " * 100, 22, 3)
    assert len(cut) == 3
    assert cut[-1].endswith("…")
    assert all(len(line) <= 22 for line in lines("x" * 300, 22))


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        ([], "a list where an object is needed"),
        (None, "nothing where an object is needed"),
        ({}, "States: an object with states is needed"),
        ({"States": {"A": task(End=True)}}, "StartAt: is missing"),
        (
            {"StartAt": "B", "States": {"A": task(End=True)}},
            'StartAt: there is no state "B"',
        ),
        (
            machine(Charge=task(Next="Chrage")),
            'States.Charge.Next: there is no state "Chrage"; is "Charge" meant?',
        ),
        (machine(A=task()), "States.A.Next: is missing"),
        (machine(A="text"), "States.A: a text where a state is needed"),
        (machine(A={"Type": "Tusk"}), 'States.A.Type: "Tusk" is no type of a state'),
        (machine(A={"End": True}), "States.A.Type: None is no type of a state"),
        (machine(A={"Type": "Choice"}), "States.A.Choices: a list is needed"),
        (
            machine(A={"Type": "Choice", "Choices": [7]}),
            "States.A.Choices[0]: an object is needed",
        ),
        (
            machine(A={"Type": "Choice", "Choices": [{"Next": "B"}]}),
            'States.A.Choices[0].Next: there is no state "B"',
        ),
        (
            machine(A=task(End=True, Catch=[{"Next": 3}])),
            "States.A.Catch[0].Next: there is no state 3",
        ),
        (
            machine(A={"Type": "Parallel", "End": True}),
            "States.A.Branches: a list of branches is needed",
        ),
        (
            machine(A={"Type": "Map", "End": True}),
            "States.A.ItemProcessor: nothing where an object is needed",
        ),
        (
            machine(
                A={
                    "Type": "Parallel",
                    "Branches": [machine(B=task(End=True)), machine(C=task(Next="B"))],
                    "End": True,
                }
            ),
            'States.A.Branches[1].States.C.Next: there is no state "B"',
        ),
    ],
)
def test_an_error_says_what_is_wrong_and_where(
    definition: object, problem: str
) -> None:
    with pytest.raises(DefinitionError) as raised:
        from_definition(definition)
    assert problem in str(raised.value)


def test_every_problem_is_told_at_once() -> None:
    with pytest.raises(DefinitionError) as raised:
        from_definition(machine(A=task(Next="X"), B=task(Next="Y")))
    assert len(str(raised.value).splitlines()) == 2


def test_a_definition_within_itself_is_refused() -> None:
    state: State = {"Type": "Map", "End": True}
    endless = machine(A=state)
    state["ItemProcessor"] = endless
    with pytest.raises(DefinitionError, match="holds itself"):
        from_definition(endless)
