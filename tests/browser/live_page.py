"""A written page with the live what-if, and what a person does on it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.sync_api import Locator, Page, expect

from coefgate.registry.model import Coefficients
from coefgate.replay.evidence import Evidence
from coefgate.reports.page import LiveBlock, Title
from coefgate.reports.render.html import html
from coefgate.whatif.live_data import live_data

TITLE: Final = Title("A registry", "no-worse")


def write_page(path: Path, registry: Coefficients, evidence: Evidence) -> Path:
    """Write a report with nothing but the what-if in it."""
    block = LiveBlock(lambda: live_data(registry, evidence))
    path.write_text(html([TITLE, block]), "utf-8")
    return path


class WhatIf:
    """The what-if on an open page."""

    def __init__(self, page: Page, path: Path, link: str = "") -> None:
        self.page = page
        page.goto(path.as_uri() + link)

    def slider(self, name: str) -> Locator:
        return self.page.get_by_role("slider", name=f"{name}, ")

    def field(self, name: str) -> Locator:
        return self.page.get_by_label(f"{name} as a number, ")

    def row(self, name: str) -> Locator:
        return self.page.locator("#wi-values tr").filter(has=self.field(name))

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def kinds(self) -> Locator:
        """Open the table of kinds of calls."""
        self.page.get_by_role("heading", name="Kinds of calls", exact=True).click()
        return self.page.locator("#wi-strata tr")

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def figure(self, name: str) -> Locator:
        """The row of a limit, or of another figure."""
        head = self.page.get_by_role("rowheader", name=name)
        return self.page.locator("#wi-figures tr").filter(has=head)

    def headline(self, words: str) -> None:
        expect(self.page.locator("#wi-head")).to_have_text(words)

    def changes(self, *said: str) -> None:
        """The list of changes, each as ``docs.low 4,350 → 1,800``."""
        rows = self.page.locator("#wi-changes li")
        expect(rows).to_have_count(len(said))
        for row, words in zip(rows.all(), said, strict=True):
            name, before, _, after = words.rsplit(" ", 3)
            expect(row).to_contain_text(f"{name}{before} → {after}")

    @property
    def link(self) -> str:
        return str(self.page.evaluate("location.hash"))
