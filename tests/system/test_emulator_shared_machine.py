"""An emulator on a machine of several users, and beside other emulators."""

from __future__ import annotations

import json
import os
import pwd
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from stepwire import aws, files
from stepwire.emulator import Emulator, install, server
from tests import launcher
from tests.system import functions

NOBODY = pwd.getpwnam("nobody").pw_uid
# More than LocalStack's S3 keeps in memory.
LARGE = b"x" * 600_000

# Says what a request brought. "fast" closes the connection before the emulator can
# have seen it, which takes the system's record of its user away.
CALLER = """
import encodings.idna, os, socket, sys
# What is imported later may be in a folder of this user alone.
os.setuid(int(sys.argv[1]))
connection = socket.create_connection(("127.0.0.1", int(sys.argv[2])), timeout=20)
request = (
    b"POST / HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n"
    b"Content-Type: application/x-www-form-urlencoded\\r\\n"
    b"Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sns/"
    b"aws4_request, SignedHeaders=host, Signature=none\\r\\n"
    b"Content-Length: 40\\r\\n\\r\\n"
    + b"Action=CreateTopic&Name=forged-".ljust(40, b"x")
)
try:
    connection.sendall(request)
except (BrokenPipeError, ConnectionResetError):
    print("closed")
    sys.exit()
if sys.argv[3] == "waits":
    try:
        print(connection.recv(100)[:15].decode() or "closed")
    except ConnectionResetError:
        print("closed")
"""

# Writes down where LocalStack writes, but for what Python itself caches.
AUDIT = """
import os, sys

log = open({log!r}, "a", buffering=1)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def hook(event, arguments):
    if event == "open":
        path, _mode, flags = arguments
        if isinstance(path, int) or not flags & WRITING:
            return
    elif event in ("os.mkdir", "sqlite3.connect"):
        path = arguments[0]
    else:
        return
    path = os.path.abspath(os.fsdecode(path))
    if "__pycache__" not in path:
        log.write(path + "\\n")

sys.addaudithook(hook)
"""


@pytest.fixture(scope="module")
def emulators() -> Iterator[tuple[Emulator, Emulator]]:
    install.ensure()
    with Emulator() as first, Emulator() as second:
        yield first, second


def port_of(emulator: Emulator) -> str:
    return emulator.endpoint_url.rpartition(":")[2]


def call_as(user: int, emulator: Emulator, how: str) -> str:
    caller = subprocess.run(
        [sys.executable, "-c", CALLER, str(user), port_of(emulator), how],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return caller.stdout.strip()


def needs_other_users() -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0,
        reason="to be another user takes root, to know one Linux",
    )


@needs_other_users()
def test_another_user_is_refused_and_named_once_in_the_log(
    emulators: tuple[Emulator, Emulator],
) -> None:
    emulator = emulators[0]
    assert call_as(os.geteuid(), emulator, "waits") == "HTTP/1.1 200 OK"
    assert [call_as(NOBODY, emulator, "waits") for _ in range(3)] == ["closed"] * 3
    assert emulator.log_file is not None
    log = emulator.log_file.read_text()
    assert log.count("Refused a connection of the user nobody; served: root") == 1


@needs_other_users()
def test_another_user_who_does_not_wait_for_the_answer_is_refused(
    emulators: tuple[Emulator, Emulator],
) -> None:
    emulator = emulators[1]
    for _ in range(20):
        call_as(NOBODY, emulator, "fast")
    # Connections are accepted in their order: the others were looked at before.
    client = aws.client("sns", emulator.environment())
    assert client.list_topics()["Topics"] == []


def test_only_the_owner_can_read_what_is_written(
    emulators: tuple[Emulator, Emulator],
) -> None:
    client = aws.client("lambda", emulators[0].environment())
    functions.create(client, "private", "def handler(event, context): return 1")
    client.invoke(FunctionName="private")["Payload"].read()
    assert emulators[0].log_file is not None
    directory = emulators[0].log_file.parent
    found = [directory, *directory.rglob("*")]
    assert any("function" in str(path) for path in found)
    open_to_others = [
        path
        for path in found
        if path.exists() and stat.S_IMODE(path.lstat().st_mode) & 0o077
    ]
    # What a package's archive says of a file's mode counts only below its folder.
    assert all(path.is_relative_to(directory / "tmp") for path in open_to_others)
    for name in ("", "data", "tmp", "localstack.log"):
        assert not (directory / name).stat().st_mode & 0o077


def test_buckets_of_one_name_are_each_emulators(
    emulators: tuple[Emulator, Emulator],
) -> None:
    first, second = (aws.client("s3", each.environment()) for each in emulators)
    for client in (first, second):
        client.create_bucket(Bucket="reports")
        client.put_object(Bucket="reports", Key="large", Body=LARGE)
    first.delete_object(Bucket="reports", Key="large")
    first.delete_bucket(Bucket="reports")
    assert second.get_object(Bucket="reports", Key="large")["Body"].read() == LARGE
    second.put_object(Bucket="reports", Key="another", Body=LARGE)
    assert second.get_object(Bucket="reports", Key="another")["Body"].read() == LARGE


def test_all_that_is_written_is_below_its_folder_and_goes_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installation = install.ensure()
    written = tmp_path / "written"
    audited = launcher.with_code(tmp_path, AUDIT.format(log=str(written)))
    # Long, as on macOS and in CI.
    temporary = tmp_path / ("t" * 100)
    home = tmp_path / "home"
    for folder in (temporary, home):
        folder.mkdir()
    monkeypatch.setattr(server, "LAUNCHER", audited)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    monkeypatch.setenv("STEPWIRE_HOME", str(files.home()))
    monkeypatch.setenv("HOME", str(home))
    with Emulator() as emulator:
        assert emulator.log_file is not None
        directory = emulator.log_file.parent
        use(emulator.environment())
    allowed = (directory, installation.cache, Path(os.devnull))
    paths = {Path(line) for line in written.read_text().splitlines()}
    assert directory / "tmp" in {parent for path in paths for parent in path.parents}
    # To make a folder that is there changes nothing.
    outside = {path for path in paths if not any(map(path.is_relative_to, allowed))}
    assert {path for path in outside if not path.is_dir()} == set()
    assert list(temporary.iterdir()) == []
    assert list(home.iterdir()) == []


def use(environment: dict[str, str]) -> None:
    """The services that our modules use, and those that are known to write files."""

    def client(service: str) -> Any:
        return aws.client(service, environment)

    client("s3").create_bucket(Bucket="files")
    client("s3").put_object(Bucket="files", Key="large", Body=LARGE)
    upload = client("s3").create_multipart_upload(Bucket="files", Key="parts")
    client("s3").upload_part(
        Bucket="files",
        Key="parts",
        UploadId=upload["UploadId"],
        PartNumber=1,
        Body=LARGE,
    )
    client("cloudwatch").put_metric_data(
        Namespace="files", MetricData=[{"MetricName": "written", "Value": 1}]
    )
    functions.create(client("lambda"), "f", "def handler(event, context): return 1")
    client("lambda").invoke(FunctionName="f")["Payload"].read()
    client("dynamodb").list_tables()
    client("sqs").create_queue(QueueName="files")
    topic = client("sns").create_topic(Name="files")["TopicArn"]
    client("sns").publish(TopicArn=topic, Message="written")
    client("secretsmanager").create_secret(Name="files", SecretString="written")
    client("logs").create_log_group(logGroupName="files")
    machine = client("stepfunctions").create_state_machine(
        name="files",
        roleArn="arn:aws:iam::000000000000:role/any",
        definition=json.dumps(
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
        ),
    )
    client("stepfunctions").start_execution(stateMachineArn=machine["stateMachineArn"])
    api = client("apigateway").create_rest_api(name="files")
    client("apigateway").get_resources(restApiId=api["id"])
    client("ses").list_identities()
