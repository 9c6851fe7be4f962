"""The pages of a link approval, as people see them in a browser."""

from __future__ import annotations

from typing import Any

import pytest
from selenium.webdriver.common.keys import Keys

from tests.browser import PHONE, Browser
from tests.system.approvals import Approvals, choose, document
from tests.system.test_link_approval import FIXTURE

REQUEST = {
    "title": "Refund 1,200.00 to Ada Lovelace",
    "summary": "The parcel was lost in the post.\nThe insurance has paid already.",
    "details": {
        "Order": "7f3a-2291",
        "Amount": "1,200.00 EUR",
        "Customer": "Ada Lovelace, since 2019",
        "Reason": "Lost parcel; tracking ends in Rotterdam on 12 November",
    },
    "links": {"Order 7f3a-2291": "https://example.com/orders/7f3a-2291"},
}


@pytest.fixture(scope="module")
def approvals(
    stepwire_apply: Any, stepwire_client: Any, stepwire_emulator: Any
) -> dict[str, Approvals]:
    """What the tests of the approval itself have deployed."""
    outputs = stepwire_apply(FIXTURE).outputs["approvals"]
    return {
        key: Approvals(output, stepwire_emulator.endpoint_url, stepwire_client)
        for key, output in outputs.items()
    }


def ask(approvals: Approvals, title: str) -> str:
    """Ann's link to a new request."""
    approvals.start(REQUEST | {"title": title})
    return approvals.link(title)


def click(browser: Browser, value: str) -> None:
    button = browser.driver.find_element("css selector", f"button[value={value}]")
    with browser.next_page():
        button.click()


def looks_good(browser: Browser, name: str) -> None:
    """Accessible and kept as a picture: light and dark, on a desk and in a hand."""
    for scheme in ("light", "dark"):
        browser.prefer(scheme)
        assert browser.problems() == []
        browser.screenshot(f"link-approval-{name}-{scheme}")
    browser.resize(PHONE)
    assert browser.problems() == []
    width = "return document.documentElement.scrollWidth"
    assert browser.driver.execute_script(width) <= PHONE[0]
    browser.screenshot(f"link-approval-{name}-phone")


def test_from_the_message_to_the_decision(
    approvals: dict[str, Approvals], browser: Browser
) -> None:
    single = approvals["single"]
    execution = single.start(REQUEST | {"title": "Refund in a browser"})
    link = single.link("Refund in a browser")
    browser.open(link)
    for shown in ("Refund in a browser", "Ann Lee", "Until", "The parcel was lost"):
        assert shown in browser.text
    comment = browser.driver.find_element("id", "comment")
    comment.send_keys("Checked with the carrier.")
    click(browser, "approve")
    assert "Please confirm" in browser.text
    assert "Checked with the carrier." in browser.text
    assert document(link).body["status"] == "open"
    click(browser, "yes")
    assert "Your decision is recorded" in browser.text
    looks_good(browser, "done")
    output = single.output(execution)
    assert (output["decision"], output["comment"]) == (
        "approve",
        "Checked with the carrier.",
    )
    browser.open(link)
    assert "Already decided" in browser.text
    assert "Ann Lee decided “Approve” on" in browser.text
    base = link.rpartition("/")[0]
    # No style sheet, font, script or picture of others, and no icon asked for.
    asked = [url for url in browser.requested() if not url.startswith("data:")]
    assert set(asked) == {link}
    assert all(url.startswith(base) for url in asked)


def test_the_form_is_readable_and_accessible(
    approvals: dict[str, Approvals], browser: Browser
) -> None:
    browser.open(ask(approvals["single"], "Refund 1,200.00 to Ada Lovelace"))
    looks_good(browser, "form")


def test_the_confirmation_is_accessible_and_leads_back(
    approvals: dict[str, Approvals], browser: Browser
) -> None:
    browser.open(ask(approvals["single"], "Confirm in a browser"))
    browser.driver.find_element("id", "comment").send_keys("Two\nlines")
    click(browser, "reject")
    looks_good(browser, "confirm")
    back = browser.driver.find_element("name", "back")
    with browser.next_page():
        back.click()
    comment = browser.driver.find_element("id", "comment")
    assert comment.get_property("value") == "Two\nlines"


def test_the_other_pages_are_accessible(
    approvals: dict[str, Approvals], browser: Browser
) -> None:
    link = ask(approvals["board"], "Pages in a browser")
    choose(link, "approve", "Looks right to me.")
    browser.open(link)
    assert "Your vote is counted" in browser.text
    looks_good(browser, "counted")
    ben = approvals["board"].link("Pages in a browser", "ben@example.com")
    choose(ben, "approve", "The carrier confirms it.")
    browser.resize((1280, 900))
    browser.open(link)
    assert "Already decided" in browser.text
    looks_good(browser, "decided")
    browser.resize((1280, 900))
    browser.open(link[:-3])
    assert "not valid" in browser.text
    looks_good(browser, "invalid")


def test_it_works_with_the_keyboard_and_without_scripts(
    approvals: dict[str, Approvals], browser: Browser
) -> None:
    link = ask(approvals["single"], "Keyboard in a browser")
    script = "Emulation.setScriptExecutionDisabled"
    browser.driver.execute_cdp_cmd(script, {"value": True})
    try:
        browser.open(link)
        reached = []
        for _ in range(4):
            browser.driver.switch_to.active_element.send_keys(Keys.TAB)
            focused = browser.driver.switch_to.active_element
            reached.append(focused.get_attribute("value") or focused.tag_name)
            if reached[-1] == "approve":
                with browser.next_page():
                    focused.send_keys(Keys.ENTER)
                break
        with browser.next_page():
            browser.driver.switch_to.active_element.send_keys(Keys.TAB, Keys.ENTER)
    finally:
        browser.driver.execute_cdp_cmd(script, {"value": False})
    assert "Your decision is recorded" in browser.text
    assert document(link).body["decision"]["decision"] == "approve"


def test_a_screen_reader_finds_the_problem(
    approvals: dict[str, Approvals], browser: Browser
) -> None:
    link = ask(approvals["single"], "Problem in a browser")
    browser.open(link)
    # More than the page itself lets through.
    browser.driver.execute_script(
        "document.querySelector('textarea').removeAttribute('maxlength');"
        "document.querySelector('textarea').value = 'x'.repeat(1001);"
    )
    click(browser, "approve")
    alert = browser.driver.find_element("css selector", "[role=alert]")
    assert "at most 1000" in alert.text
    assert document(link).body["status"] == "open"
    looks_good(browser, "problem")
