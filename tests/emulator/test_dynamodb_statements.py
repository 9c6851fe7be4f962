"""DynamoDB on the emulator: PartiQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.tables import create_visits

TABLE = "emulator-statements"
ITEMS = [
    {"user": {"S": "ada"}, "at": {"N": "1"}, "amount": {"N": "5"}},
    {
        "user": {"S": "ada"},
        "at": {"N": "2"},
        "amount": {"N": "50"},
        "note": {"M": {"text": {"S": "O'Brien"}, "tags": {"L": [{"S": "x"}]}}},
    },
    {"user": {"S": "bob"}, "at": {"N": "1"}, "amount": {"N": "500"}},
]
FIRST, SECOND, THIRD = ITEMS


@pytest.fixture(scope="module")
def table(stepwire_client: Any) -> Iterator[Any]:
    client = stepwire_client("dynamodb")
    create_visits(client, TABLE)
    yield client
    client.delete_table(TableName=TABLE)


@pytest.fixture
def client(table: Any) -> Any:
    """With three items."""
    for item in stored(table):
        key = {name: item[name] for name in ("user", "at")}
        table.delete_item(TableName=TABLE, Key=key)
    for item in ITEMS:
        table.put_item(TableName=TABLE, Item=item)
    return table


def stored(client: Any) -> Any:
    return client.scan(TableName=TABLE)["Items"]


def run(client: Any, statement: str, *parameters: Any) -> Any:
    request: dict[str, Any] = {"Statement": statement.format(table=f'"{TABLE}"')}
    if parameters:
        request["Parameters"] = list(parameters)
    response = client.execute_statement(**request)
    assert response.keys() == {"Items", "ResponseMetadata"}
    return response["Items"]


@pytest.mark.parametrize(
    ("condition", "parameters", "expected"),
    [
        ("", (), ITEMS),
        ("WHERE \"user\" = 'ada'", (), [FIRST, SECOND]),
        ('WHERE "user" = ? AND "at" = ?', ({"S": "ada"}, {"N": "2"}), [SECOND]),
        ("where amount >= 50 and not \"user\" = 'bob'", (), [SECOND]),
        ("WHERE amount = 5 OR (amount > 400 AND amount != 1)", (), [FIRST, THIRD]),
        ("WHERE amount BETWEEN 4 AND 60 AND \"user\" = 'ada'", (), [FIRST, SECOND]),
        ("WHERE amount IN [5, 500]", (), [FIRST, THIRD]),
        ("WHERE \"user\" IN ('bob')", (), [THIRD]),
        ("WHERE begins_with(\"user\", 'a')", (), [FIRST, SECOND]),
        ("WHERE note.text = 'O''Brien'", (), [SECOND]),
        ("WHERE note.tags[0] = 'x'", (), [SECOND]),
        ("WHERE note IS MISSING", (), [FIRST, THIRD]),
        ("WHERE note IS NOT MISSING", (), [SECOND]),
        ("WHERE amount > -1;", (), ITEMS),
    ],
)
def test_select_finds_what_the_condition_says(
    client: Any, condition: str, parameters: Any, expected: Any
) -> None:
    assert run(client, "SELECT * FROM {table} " + condition, *parameters) == expected


def test_select_gives_what_it_names(client: Any) -> None:
    statement = "SELECT amount, note.text FROM {table} WHERE \"user\" = 'ada'"
    assert run(client, statement) == [
        {"amount": {"N": "5"}},
        {"amount": {"N": "50"}, "text": {"S": "O'Brien"}},
    ]


def test_insert_makes_an_item_and_replaces_none(client: Any) -> None:
    statement = (
        "INSERT INTO {table} VALUE {{'user': 'eve', 'at': ?, 'flags':"
        " {{'on': true, 'none': null, 'list': [1, 'a'], 'set': <<'b', 'c'>>}}}}"
    )
    assert run(client, statement, {"N": "7"}) == []
    (item,) = [item for item in stored(client) if item["user"] == {"S": "eve"}]
    flags = item["flags"]["M"]
    assert (item["at"], flags["on"], flags["none"]) == (
        {"N": "7"},
        {"BOOL": True},
        {"NULL": True},
    )
    assert flags["list"] == {"L": [{"N": "1"}, {"S": "a"}]}
    assert sorted(flags["set"]["SS"]) == ["b", "c"]
    with pytest.raises(ClientError, match="DuplicateItemException"):
        run(client, statement, {"N": "7"})


def test_update_changes_the_item_of_the_key(client: Any) -> None:
    returned = run(
        client,
        "UPDATE {table} SET amount = amount + 1 SET tags = ? REMOVE note"
        ' WHERE "user" = \'ada\' AND "at" = 2 AND amount < 100'
        " RETURNING ALL NEW *",
        {"L": []},
    )
    expected = {
        "user": {"S": "ada"},
        "at": {"N": "2"},
        "amount": {"N": "51"},
        "tags": {"L": []},
    }
    assert returned == [expected]
    assert stored(client) == [FIRST, expected, THIRD]


def test_delete_deletes_the_item_of_the_key_if_the_condition_holds(client: Any) -> None:
    statement = (
        'DELETE FROM {table} WHERE "user" = ? AND "at" = 1 AND amount > 100'
        " RETURNING ALL OLD *"
    )
    with pytest.raises(ClientError, match="ConditionalCheckFailedException"):
        run(client, statement, {"S": "ada"})
    assert run(client, statement, {"S": "bob"}) == [THIRD]
    assert run(client, statement, {"S": "bob"}) == []
    assert stored(client) == [FIRST, SECOND]


@pytest.mark.parametrize(
    "statement",
    [
        "",
        "SELEC * FROM {table}",
        "SELECT * FROM {table} WHERE",
        "SELECT * FROM {table} WHERE amount ~ 3",
        "SELECT * FROM {table} WHERE amount = 'x",
        "SELECT * FROM {table} WHERE amount = ?",
        "SELECT * FROM {table} LIMIT 3",
        "UPDATE {table} SET amount = 1",
        "UPDATE {table} SET amount = 1 WHERE \"user\" = 'ada'",
        'UPDATE {table} SET amount = 1 WHERE "user" = \'ada\' OR "at" = 1',
        'UPDATE {table} WHERE "user" = \'ada\' AND "at" = 1',
        'UPDATE {table} SET amount = 1 WHERE "user" = \'zoe\' AND "at" = 1',
        "DELETE FROM {table}",
        "DELETE FROM {table} WHERE amount = 5",
        "INSERT INTO {table} VALUE {{'user': 'eve'}}",
        "INSERT INTO {table} VALUE {{'user': 'eve', 'at': <<>>}}",
        "INSERT INTO {table} VALUE 5",
        "DROP TABLE {table}",
    ],
)
def test_a_refused_statement_changes_nothing(client: Any, statement: str) -> None:
    with pytest.raises(ClientError) as raised:
        run(client, statement or " ")
    assert raised.value.response["Error"]["Code"] in {
        "ValidationException",
        "ConditionalCheckFailedException",
    }
    assert stored(client) == ITEMS


def test_each_statement_of_a_batch_succeeds_or_fails_alone(client: Any) -> None:
    where = 'WHERE "user" = \'ada\' AND "at" = 2'
    responses = client.batch_execute_statement(
        Statements=[
            {"Statement": f'SELECT amount FROM "{TABLE}" {where}'},
            {"Statement": f'UPDATE "{TABLE}" SET amount = 1 {where}'},
            {"Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'user': 'bob', 'at': 1}}"},
            {"Statement": f'SELECT * FROM "{TABLE}" WHERE amount = 1'},
            {"Statement": f'UPDATE "{TABLE}" SET "user".a = 1 {where}'},
            {"Statement": f'SELECT * FROM "nowhere" {where}'},
            {"Statement": "nonsense"},
        ]
    )["Responses"]
    assert responses[0] == {"TableName": TABLE, "Item": {"amount": {"N": "50"}}}
    assert responses[1] == {"TableName": TABLE}
    errors = [response["Error"]["Code"] for response in responses[2:]]
    assert errors == [
        "DuplicateItem",
        "ValidationError",
        "ValidationError",
        "ResourceNotFound",
        "ValidationError",
    ]
    assert stored(client) == [FIRST, {**SECOND, "amount": {"N": "1"}}, THIRD]


def test_the_statements_of_a_transaction_are_done_together(client: Any) -> None:
    def update(user: str, condition: str) -> dict[str, Any]:
        return {
            "Statement": f'UPDATE "{TABLE}" SET amount = amount - 1'
            f' WHERE "user" = \'{user}\' AND "at" = 1 AND {condition}'
        }

    with pytest.raises(client.exceptions.TransactionCanceledException) as raised:
        client.execute_transaction(
            TransactStatements=[update("ada", "amount = 5"), update("bob", "amount=1")]
        )
    reasons = raised.value.response["CancellationReasons"]
    codes = [reason["Code"] for reason in reasons]
    assert codes == ["None", "ConditionalCheckFailed"]
    assert stored(client) == ITEMS
    done = client.execute_transaction(
        TransactStatements=[update("ada", "amount = 5"), update("bob", "amount > 1")]
    )
    assert done["Responses"] == [{}, {}]
    assert [item["amount"]["N"] for item in stored(client)] == ["4", "50", "499"]
