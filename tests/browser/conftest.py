"""One browser for the tests of this folder that a process runs, and one page for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.arithmetic import Arithmetic, arithmetic_in
from tests.browser.chromium import chromium, opened
from tests.browser.live_page import WhatIf, write_page
from tests.browser.registries import stored
from tests.frozen_registry import BY_HAND


# Not for the session: its event loop would keep tests of other folders from running theirs.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may not touch the network, and whose errors fail the test."""
    with opened(browser) as one:
        yield one


@pytest.fixture(scope="package")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of a registry that meets all limits."""
    return write_page(tmp_path_factory.mktemp("page") / "page.html", *stored(BY_HAND))


@pytest.fixture
def what_if(page: Page, written: Path) -> WhatIf:
    """The live what-if of that page."""
    return WhatIf(page, written)


@pytest.fixture(scope="package")
def arithmetic(browser: Browser) -> Iterator[Arithmetic]:
    """``arithmetic.js`` in one page for all tests: it keeps nothing between two questions."""
    with arithmetic_in(browser) as one:
        yield one
