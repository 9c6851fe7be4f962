"""Helpers of all tests; the fixtures stepwire_* come from the pytest plugin."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from stepwire import http_calls
from stepwire.emulator import Emulator
from stepwire.errors import StepwireError
from tests import browser as browsers
from tests.stub_api import StubApi

pytest_plugins = ["pytester"]

# An example takes as long as the machine is busy with other tests.
settings.register_profile(
    "stepwire", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("stepwire")

# A shell starts what it puts into the background with SIGINT ignored, nohup what it
# runs with SIGHUP ignored, and children inherit that: the tests of Ctrl-C and of a
# closed terminal send them these signals.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

Module = Callable[..., Path]
BesideCheckout = Callable[[str], Path]


# Before pytest-xdist reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two groups of about the same length, for `pytest -n 2 --dist loadgroup`.

    All that uses what is applied stays in one process, so that each configuration is
    applied once. Plans are in the other one.
    """
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        applies = "stepwire_emulator" in fixtures and "stepwire_plan" not in fixtures
        group = "applied" if applies else "planned"
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture
def module(tmp_path: Path) -> Module:
    """Writes a folder of files: ``module({"main.tf": "..."}, "modules/x")``."""

    def write(files: dict[str, str], folder: str = "root") -> Path:
        directory = tmp_path / folder
        for name, text in files.items():
            file = directory / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return directory

    return write


@pytest.fixture(scope="session")
def beside_checkout() -> BesideCheckout:
    """A folder of ``../shared``, by its name: the one way for a test to look outside.

    Without the folder the test is skipped, and says which it is.
    """

    def folder(name: str) -> Path:
        found = Path(__file__).parents[2] / "shared" / name
        if not found.is_dir():
            pytest.skip(f"../shared/{name} is not beside this checkout")
        return found

    return folder


@pytest.fixture(scope="session")
def stub_api() -> Iterator[StubApi]:
    """The HTTPS API that plays every host which HTTP Tasks call in these tests."""
    with StubApi() as api:
        yield api


@pytest.fixture(scope="session")
def stepwire_emulator(stub_api: StubApi) -> Iterator[Emulator]:
    """One for each process, in place of the plugin's, which workers share.

    Its HTTP Tasks reach this machine's loopback and nothing else. Where they go is a
    setting of the whole emulator, and each process has a stub.
    """
    with Emulator.connect() as emulator:
        try:
            http_calls.change(
                emulator.endpoint_url,
                hosts={"*": stub_api.url},
                certificates=stub_api.certificates,
            )
        except StepwireError:
            # An emulator of others without our plugins has no HTTP Tasks to hold back.
            if emulator.log_file is not None:
                raise
            yield emulator
        else:
            yield emulator
            # It may be one that goes on.
            http_calls.reset(emulator.endpoint_url)


@pytest.fixture(scope="session")
def _started_browser() -> Iterator[browsers.Browser | browsers.NoBrowser]:
    """One for the session: it takes a second to start."""
    try:
        started = browsers.start()
    except browsers.NoBrowser as error:
        yield error
        return
    yield started
    started.driver.quit()


@pytest.fixture
def browser(
    _started_browser: browsers.Browser | browsers.NoBrowser,
    request: pytest.FixtureRequest,
) -> browsers.Browser:
    """A person's browser; without one on this machine the test is skipped."""
    if isinstance(_started_browser, browsers.NoBrowser):
        # With its name: pytest's last lines put tests of one reason together.
        pytest.skip(f"{request.node.name}: {_started_browser}")
    _started_browser.reset()
    return _started_browser
