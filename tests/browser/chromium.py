"""A real browser for tests: the Chromium of the machine, driven through Playwright.

What a page does that none may do is remembered: a request to anywhere, an error in the console, a
breach of its content security policy.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS: Final = (
    "--no-sandbox",  # which root has not, and a container often not either
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_LOCAL: Final = ("file:", "data:", "blob:")
# Looked at when this is imported: no test sees what its user has set up.
_NAMED: Final = os.environ.get("COEFGATE_CHROMIUM")
_IS_NEEDED: Final = "CI" in os.environ
_AXE: Final = Axe()


def _program() -> str:
    found = _NAMED or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        missing = (
            f"none of {', '.join(_NAMES)} is on PATH, and a browser is what this tests with. "
            "Install one: apt-get install chromium; or name one in COEFGATE_CHROMIUM"
        )
        (pytest.fail if _IS_NEEDED else pytest.skip)(missing)
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser. Until it has ended its thread can run no other event loop."""
    program = _program()
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, **settings: Any) -> Iterator[Page]:
    """A page in a profile of its own; at the end it is an error if it did what none may do.

    ``settings``: of the profile, such as its ``viewport``.
    """
    with browser.new_context(offline=True, **settings) as context:
        wrong: list[str] = []

        def ask(request: Request) -> None:
            if not request.url.startswith(_LOCAL):
                wrong.append(f"asked the network: {request.url}")

        def say(message: ConsoleMessage) -> None:
            if message.type in {"error", "warning"}:
                wrong.append(f"console: {message.text}")

        context.on("request", ask)
        context.on("console", say)
        context.on("weberror", lambda raised: wrong.append(f"raised: {raised.error}"))
        yield context.new_page()
        for page in context.pages:
            page.evaluate("0")  # what it has said by now comes before the answer
        assert not wrong, "\n".join(wrong)


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page: rule, what it asks, and where."""
    found = _AXE.run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {node['html']}" for one in found for node in one["nodes"]
    ]
