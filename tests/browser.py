"""A browser for the tests of pages: headless, and kept to the loopback interface."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_selenium_python import Axe
from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.selenium_manager import SeleniumManager
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import WebDriverWait

from stepwire.errors import StepwireError

# A folder that begins with a dot is no part of the root module, which tests share.
SCREENSHOTS = Path(__file__).parents[1] / ".stepwire" / "screenshots"
DESKTOP = (1280, 900)
PHONE = (360, 740)
# What WCAG 2.2 asks for at level AA, and what axe-core advises beyond it.
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Every other host is unknown.
_LOOPBACK = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1"
_ARGUMENTS = [
    "--headless=new",
    # Nothing is asked on the browser's own behalf.
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Chromium's sandbox needs what containers and their root user lack. What is
    # opened here is our own.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    # Pictures that are the same on every machine.
    "--force-device-scale-factor=1",
    "--hide-scrollbars",
]


class NoBrowser(StepwireError):
    """There is none, and none could be had."""


class Browser:
    """What a test does in a browser; ``driver`` is Selenium's, for all else."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        """Follows a link, as from an e-mail."""
        self.driver.get(url)

    @property
    def text(self) -> str:
        """What the page says, as far as it can be seen."""
        [text] = self._patience().until(
            lambda driver: [driver.find_element("tag name", "body").text]
        )
        return str(text)

    @contextmanager
    def next_page(self) -> Iterator[None]:
        """Waits until what is done inside has brought another page."""
        page = self.driver.find_element("tag name", "html")
        yield
        self._patience().until(staleness_of(page))

    def _patience(self) -> WebDriverWait[webdriver.Chrome]:
        """Asks again where the driver fails, until it has failed for a minute.

        While one page goes and the next comes there is none to be read, which the
        driver says in several ways: no element, a stale one, an error of Chromium's.
        """
        return WebDriverWait(self.driver, 60, ignored_exceptions=(WebDriverException,))

    def resize(self, size: tuple[int, int]) -> None:
        """The inside of the window: ``DESKTOP`` or ``PHONE``."""
        width, height = size
        self._command(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=size == PHONE,
        )

    def prefer(self, scheme: str) -> None:
        """What the person prefers: ``light`` or ``dark``."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self._command("Emulation.setEmulatedMedia", features=[feature])

    def screenshot(self, name: str) -> Path:
        """Keeps a picture of the whole page as ``.stepwire/screenshots/NAME.png``."""
        taken = self._command("Page.captureScreenshot", captureBeyondViewport=True)
        file = SCREENSHOTS / f"{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(taken["data"]))
        return file

    def problems(self) -> list[str]:
        """What axe-core finds against accessibility, one line for each element."""
        axe = Axe(self.driver)
        axe.inject()
        found = axe.run(
            options=json.dumps({"runOnly": {"type": "tag", "values": _RULES}})
        )
        return [
            f"{violation['id']}: {node['html']}: {_one_line(node['failureSummary'])}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]

    def requested(self) -> list[str]:
        """The URLs that were asked for since this was called last, in order."""
        messages = [
            json.loads(entry["message"])["message"]
            for entry in self.driver.get_log("performance")
        ]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def reset(self) -> None:
        """A new person's browser: nothing kept, nothing preferred."""
        self.driver.get("about:blank")
        self._command("Network.clearBrowserCookies")
        self._command("Network.clearBrowserCache")
        self._command("Emulation.setEmulatedMedia", features=[])
        self.resize(DESKTOP)
        self.requested()

    def _command(self, name: str, **parameters: Any) -> dict[str, Any]:
        result: dict[str, Any] = self.driver.execute_cdp_cmd(name, parameters)
        return result


def start(*rebound: str) -> Browser:
    """Starts the Chromium or Chrome of this machine, or one that Selenium gets.

    ``rebound`` are names that resolve to this machine, as a stranger's name server can
    have it. Raises NoBrowser where there is none.
    """
    paths = _paths()
    options = webdriver.ChromeOptions()
    options.binary_location = paths["browser_path"]
    names = [f"MAP {name} 127.0.0.1" for name in rebound]
    rules = ", ".join([*names, _LOOPBACK])
    for argument in [*_ARGUMENTS, f"--host-resolver-rules={rules}"]:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    service = webdriver.ChromeService(paths["driver_path"])
    try:
        return Browser(webdriver.Chrome(options, service))
    except WebDriverException as error:
        raise NoBrowser(
            f"{paths['browser_path']} does not start: {error.msg}"
        ) from error


def _paths() -> dict[str, str]:
    """Where the browser and its driver are; Selenium Manager finds or downloads."""
    wanted = ["--browser", "chrome", "--avoid-stats", "--timeout", "120"]
    for arguments in ([*wanted, "--offline"], wanted):
        try:
            found: dict[str, str] = SeleniumManager().binary_paths(arguments)
        except WebDriverException:
            continue
        if found["browser_path"] and found["driver_path"]:
            return found
    raise NoBrowser(
        "No Chromium or Chrome with its driver is here, and Selenium could get none "
        "(Debian: apt install chromium chromium-driver)."
    )


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
