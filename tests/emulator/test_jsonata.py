"""JSONata in state machines: the values of expressions, and how they fail.

The expected values are those of JSONata's reference implementation (jsonata 2.2.2).
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from stepwire.pytest_plugin import ClientFactory

ROLE = "arn:aws:iam::000000000000:role/any"
INPUT: dict[str, Any] = {
    "n": 5,
    "big": 9007199254740991,
    "fraction": 12.5,
    "nothing": None,
    "text": 'it\'s "quoted" \\ and\nlong \u2028 \U0001f600 $x #if {% %}',
    "items": [
        {"sku": "a", "quantity": 2, "unit_price": 10.1},
        {"sku": "b", "quantity": 1, "unit_price": 0.2},
    ],
    "object": {"a": 1, "b": [1, 2, 3], "c": {"d": "x", "e": None}},
}
VALUES: list[tuple[str, Any]] = [
    # numbers: whole ones are written without a point
    ("$states.input.n + 1", 6),
    ("10 / 5", 2),
    ("10 / 4", 2.5),
    ("5.5 % 2", 1.5),
    ("-7 % 3", -1),
    ("1 / 0", "Infinity"),
    ("0.1 + 0.2", 0.30000000000000004),
    ("$string(0.1 + 0.2)", "0.3"),
    ("$string(1 / 3)", "0.333333333333333"),
    ("$string(1e20)", "100000000000000000000"),
    ("$string(1e21)", "1e+21"),
    ("$string(1e-7)", "1e-7"),
    ("$string($states.input.big)", "9007199254740991"),
    ("$sum($states.input.items.(quantity * unit_price))", 20.4),
    ("$sum([0.1, 0.2, 0.3])", 0.6000000000000001),
    ("$round(2.5)", 2),
    ("$round(123.456, 2)", 123.46),
    ("$round($states.input.fraction * 100)", 1250),
    ("$floor(-5.3)", -6),
    ("$power(2, 0.5)", 1.4142135623730951),
    ("$number('-1e3')", -1000),
    ("$formatNumber(1234567.891, '#,##0.00')", "1,234,567.89"),
    ("$formatNumber(34.555, '0.00')", "34.56"),
    ("$formatNumber(2.5, '0')", "2"),
    ("$formatBase(2555, 16)", "9fb"),
    ("$formatInteger(2789, 'w')", "two thousand, seven hundred and eighty-nine"),
    ("$parseInteger('12,345', '#,##0')", 12345),
    ("[1..3]", [1, 2, 3]),
    ("$count([1..1000])", 1000),
    # text
    ("$states.input.text", INPUT["text"]),
    ("$states.input.text & '!'", INPUT["text"] + "!"),
    ("$length('\U0001f600x')", 2),
    ("$string($states.input.object)", '{"a":1,"b":[1,2,3],"c":{"d":"x","e":null}}'),
    ("$string({'s': '\u00e9\u2028\"'})", '{"s":"\u00e9\u2028\\""}'),
    ("'a' & 1.5 & true & null", "a1.5truenull"),
    ("$split('a1b2c', /[0-9]/)", ["a", "b", "c"]),
    ("$match('order-17', /(\\w+)-(\\d+)/).groups", ["order", "17"]),
    ("$contains('a\\n', /^a$/)", False),
    ("$contains('\u0663', /\\d/)", False),
    ("$replace('a.b.c', '.', '-')", "a-b-c"),
    ("$replace('265USD', /([0-9]+)USD/, '$$$1')", "$265"),
    ("$replace('abc', /b/, function($m){ $uppercase($m.match) })", "aBc"),
    ("$pad('a', -5, '#')", "####a"),
    ("$substringAfter('a/b', '/')", "b"),
    ("$base64decode('aGk=')", "hi"),
    ("$encodeUrlComponent('a b&\u00e9')", "a%20b%26%C3%A9"),
    # structure
    ("$states.input.items.sku", ["a", "b"]),
    ("$states.input.items[quantity > 1].sku", "a"),
    ("$states.input.items[quantity > 1].sku[]", ["a"]),
    ("$states.input.items^(>sku).sku", ["b", "a"]),
    ("$states.input.items{sku: quantity}", {"a": 2, "b": 1}),
    ("$states.input.object.**.d", "x"),
    ("$merge([{'a': 1}, {'b': 2}, {'a': 3}])", {"a": 3, "b": 2}),
    ("$distinct([1, true, '1', 1, {'a': 1}, {'a': 1}])", [1, True, "1", {"a": 1}]),
    ("$sort([3, 1, 2])", [1, 2, 3]),
    (
        "$sort([[1, 'x'], [0, 'y'], [1, 'z']], function($l, $r){ $l[0] > $r[0] })",
        [[0, "y"], [1, "x"], [1, "z"]],
    ),
    ("$map([1..3], function($v, $i){ $v * $i })", [0, 2, 6]),
    ("$filter([1..4], function($v){ $v % 2 = 0 })", [2, 4]),
    ("$reduce([1, 2, 3, 4], function($a, $b){ $a * $b })", 24),
    ("$zip([1, 2], ['a', 'b'])", [[1, "a"], [2, "b"]]),
    ("$states.input.object ~> |$|{'z': 9}, ['b', 'c']|", {"a": 1, "z": 9}),
    ("($f := function($x){ $x <= 1 ? 1 : $x * $f($x - 1) }; $f(10))", 3628800),
    ("$states.input.missing ?: 'default'", "default"),
    # null is a value, undefined is none
    ("$states.input.nothing", None),
    ("$exists($states.input.nothing)", True),
    ("$exists($states.input.missing)", False),
    ("$type($states.input.nothing)", "null"),
    ("$count($states.input.nothing)", 1),
    ("[null, $states.input.missing, 1]", [None, 1]),
    ("{'a': $states.input.missing, 'b': null}", {"b": None}),
    # time
    ("$fromMillis(1510067557121)", "2017-11-07T15:12:37.121Z"),
    (
        "$fromMillis(1510067557121, '[D01]/[M01]/[Y0001] [H01]:[m01]')",
        "07/11/2017 15:12",
    ),
    ("$toMillis('2017-11-07T15:12:37.121Z')", 1510067557121),
    ("$toMillis('2017-11')", 1509494400000),
    (
        "$fromMillis($toMillis('2024-02-28T23:59:59Z') + 1000)",
        "2024-02-29T00:00:00.000Z",
    ),
    ("$now() = $fromMillis($millis())", True),
    # Step Functions' own functions
    ("$partition([1..5], 2)", [[1, 2], [3, 4], [5]]),
    ("$range(1, 9, 2)", [1, 3, 5, 7, 9]),
    ("$range(3, 1, -1)", [3, 2, 1]),
    (
        "$hash('x', 'SHA-256')",
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    ),
    ("$hash('x', 'MD5')", "9dd4e461268c8034f5c8564e155c67a6"),
    ("$random(7) = $random(7)", True),
    ("$random() < 1", True),
    ("$uuid() = $uuid()", False),
    ("$length($uuid())", 36),
    ("$parse('{\"a\": [1, null]}')", {"a": [1, None]}),
]
THREW = "threw an error during evaluation"
ERRORS: list[tuple[str, str]] = [
    ("$states.input.missing", "returned nothing (undefined)."),
    ("$sum", "returned an unsupported result type."),
    (
        "'a' + 1",
        f'{THREW}. T2001: The left side of the "+" operator must evaluate to a number',
    ),
    (
        "$sqrt(-1)",
        f"{THREW}. D3060: The sqrt function cannot be applied to a negative number: -1",
    ),
    ("$eval('1')", f"{THREW}. T1006: Attempted to invoke a non-function"),
    (
        "$number('5 apples')",
        f'{THREW}. D3030: Unable to cast value to a number: "5 apples"',
    ),
    ("$error('boom')", f"{THREW}. D3137: boom"),
    (
        "($f := function($n){ $n = 0 ? 0 : 1 + $f($n - 1) }; $f(200))",
        f"{THREW}: Stack overflow error: Depth=101 max=100",
    ),
]

Run = Callable[[Any, Any], dict[str, Any]]


@pytest.fixture(scope="module")
def express(stepwire_client: ClientFactory) -> Run:
    """Runs a state as an EXPRESS state machine and returns the API's answer."""
    client = stepwire_client("stepfunctions")

    def run(state: dict[str, Any], value: Any = None) -> dict[str, Any]:
        states = {"E": {"Type": "Pass", "End": True} | state}
        arn = client.create_state_machine(
            name=f"jsonata-{uuid.uuid4().hex[:8]}",
            definition=json.dumps(
                {"QueryLanguage": "JSONata", "StartAt": "E", "States": states}
            ),
            roleArn=ROLE,
            type="EXPRESS",
        )["stateMachineArn"]
        try:
            answer: dict[str, Any] = client.start_sync_execution(
                stateMachineArn=arn, input=json.dumps({} if value is None else value)
            )
        finally:
            client.delete_state_machine(stateMachineArn=arn)
        return answer

    return run


@pytest.fixture(scope="module")
def evaluated(express: Run) -> list[Any]:
    """All expressions of VALUES, evaluated by one execution."""
    output = [f"{{% {expression} %}}" for expression, _ in VALUES]
    answer = express({"Output": output}, INPUT)
    assert answer["status"] == "SUCCEEDED", answer.get("cause")
    values: list[Any] = json.loads(answer["output"])
    return values


@pytest.mark.parametrize("index", range(len(VALUES)), ids=[e for e, _ in VALUES])
def test_an_expression_has_the_value_of_the_reference_implementation(
    index: int, evaluated: list[Any]
) -> None:
    expected = VALUES[index][1]
    assert evaluated[index] == expected
    assert type(evaluated[index]) is type(expected)


@pytest.mark.parametrize(("expression", "outcome"), ERRORS, ids=[e for e, _ in ERRORS])
def test_a_failed_expression_is_a_query_evaluation_error_that_names_its_field(
    expression: str, outcome: str, express: Run
) -> None:
    answer = express({"Output": {"a": ["x", f"{{% {expression} %}}"]}}, INPUT)
    assert answer["status"] == "FAILED"
    assert answer["error"] == "States.QueryEvaluationError"
    assert answer["cause"] == (
        "An error occurred while executing the state 'E' (entered at the event id #2). "
        f"The JSONata expression '{expression}' specified for the field 'Output/a[1]' "
        f"{outcome}"
    )


def test_an_expression_without_end_is_ended(express: Run) -> None:
    answer = express({"Output": "{% ($f := function(){ $f() }; $f()) %}"})
    assert answer["error"] == "States.QueryEvaluationError"
    assert "Expression evaluation timeout" in answer["cause"]


def test_a_definition_whose_expression_does_not_parse_is_refused(
    stepwire_client: ClientFactory,
) -> None:
    client = stepwire_client("stepfunctions")
    state = {"Type": "Pass", "Output": {"v": "{% $x[1,2) %}"}, "End": True}
    definition = {"QueryLanguage": "JSONata", "StartAt": "E", "States": {"E": state}}
    with pytest.raises(client.exceptions.InvalidDefinition) as error:
        client.create_state_machine(
            name="unparsable", definition=json.dumps(definition), roleArn=ROLE
        )
    assert "INVALID_JSONATA_EXPRESSION" in str(error.value)
    assert "/States/E/Output/v" in str(error.value)


def test_a_catch_sees_what_fails_in_a_tasks_arguments_and_in_its_output(
    stepwire_client: ClientFactory,
) -> None:
    client = stepwire_client("stepfunctions")
    for broken in ({"Arguments": "{% $states.input.no %}"}, {"Output": "{% $no %}"}):
        task = {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sts:getCallerIdentity",
            "Catch": [
                {
                    "ErrorEquals": ["States.QueryEvaluationError"],
                    "Output": "{% $states.errorOutput %}",
                    "Next": "Caught",
                }
            ],
            "Next": "Caught",
        }
        caught = {"Type": "Succeed"}
        arn = client.create_state_machine(
            name=f"caught-{uuid.uuid4().hex[:8]}",
            definition=json.dumps(
                {
                    "QueryLanguage": "JSONata",
                    "StartAt": "Task",
                    "States": {"Task": task | broken, "Caught": caught},
                }
            ),
            roleArn=ROLE,
            type="EXPRESS",
        )["stateMachineArn"]
        answer = client.start_sync_execution(stateMachineArn=arn, input="{}")
        error = json.loads(answer["output"])
        assert error["Error"] == "States.QueryEvaluationError"
        assert f"specified for the field '{next(iter(broken))}'" in error["Cause"]


def test_variables_keep_every_kind_of_value(stepwire_client: ClientFactory) -> None:
    client = stepwire_client("stepfunctions")
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "Assign",
        "States": {
            "Assign": {
                "Type": "Pass",
                "Assign": {
                    "all": "{% $states.input %}",
                    "text": "{% $states.input.text %}",
                },
                "Output": {},
                "Next": "Read",
            },
            "Read": {
                "Type": "Pass",
                "Output": "{% {'all': $all, 'text': $text, 'b': $all.items[1].sku} %}",
                "End": True,
            },
        },
    }
    arn = client.create_state_machine(
        name=f"variables-{uuid.uuid4().hex[:8]}",
        definition=json.dumps(definition),
        roleArn=ROLE,
        type="EXPRESS",
    )["stateMachineArn"]
    answer = client.start_sync_execution(stateMachineArn=arn, input=json.dumps(INPUT))
    assert json.loads(answer["output"]) == {
        "all": INPUT,
        "text": INPUT["text"],
        "b": "b",
    }


def test_expressions_of_32_executions_at_once_do_not_disturb_each_other(
    stepwire_client: ClientFactory,
) -> None:
    client = stepwire_client("stepfunctions")
    expression = (
        "($total := $sum($map([1..20], function($v){ $v * $states.input.n }));"
        " {'n': $states.input.n, 'total': $total,"
        " 'name': $states.context.Execution.Name, 'text': $join($map([1..5],"
        " function($v){ $string($states.input.n) }), '-')})"
    )
    arn = client.create_state_machine(
        name=f"threads-{uuid.uuid4().hex[:8]}",
        definition=json.dumps(
            {
                "QueryLanguage": "JSONata",
                "StartAt": "E",
                "States": {
                    "E": {
                        "Type": "Pass",
                        "Output": f"{{% {expression} %}}",
                        "End": True,
                    }
                },
            }
        ),
        roleArn=ROLE,
        type="EXPRESS",
    )["stateMachineArn"]
    together = threading.Barrier(32)

    def run(number: int) -> Any:
        together.wait()
        answer = client.start_sync_execution(
            stateMachineArn=arn, name=f"e{number}", input=json.dumps({"n": number})
        )
        return json.loads(answer["output"])

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(run, range(32)))
    assert answers == [
        {
            "n": number,
            "total": 210 * number,
            "name": f"e{number}",
            "text": "-".join([str(number)] * 5),
        }
        for number in range(32)
    ]


def test_an_input_of_256_kilobytes_passes_unchanged(express: Run) -> None:
    value = {"rows": [{"i": i, "text": "\u00e9" * 40} for i in range(850)]}
    answer = express({"Output": "{% $states.input %}"}, value)
    assert json.loads(answer["output"]) == value
