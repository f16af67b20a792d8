"""Recorded calls and a fit, with a hostile text wherever others may write one, in each format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coefgate.registry.key import Key
from coefgate.reports.page import ChartBlock, LiveBlock, Page
from coefgate.reports.pages.monitor import monitor_page
from coefgate.reports.pages.telemetry_report import telemetry_report_page
from coefgate.reports.pages.tune import tune_page
from coefgate.reports.render.html import html
from coefgate.reports.render.markdown import markdown
from coefgate.use_cases.tune import Tuned
from tests.html_document import Document
from tests.reports.formats import printed
from tests.reports.hostile import texts, with_text
from tests.reports.readers import READERS, markup_in
from tests.reports.records import recorded

HOSTILE: Final = (
    "<script>alert(1)</script></style>]]>--><img src=x onerror=alert(1)>\u202e\x1b[31m"
    "|`**[x](//example.com)** @octocat #1"
)


@dataclass(frozen=True, slots=True)
class _Usual:
    """What a report has whatever is written in it: by reader first rows and folds; its tables."""

    shapes: Mapping[str, tuple[list[list[str]], int]]
    tables: int


@dataclass(frozen=True)
class _Report:
    found: Any
    page: Callable[[Any], Page]

    def blocks(self, text: str) -> Page:
        """Without charts, whose texts are tested where they are drawn, and without a what-if."""
        found = with_text(self.found, text)
        if isinstance(found, Tuned):  # of its numbers only globs of models are of any characters
            numbers = [replace(one, key=Key("model", (text,))) for one in self.found.numbers[:4]]
            found = replace(found, state=self.found.state, numbers=tuple(numbers))
        return [one for one in self.page(found) if not isinstance(one, ChartBlock | LiveBlock)]

    @cached_property
    def usual(self) -> _Usual:
        blocks = self.blocks("x")
        pages = {name: read(markdown(blocks)) for name, read in READERS.items()}
        return _Usual(
            {name: ([rows[0] for rows in one.tables], one.folds) for name, one in pages.items()},
            len(Document(html(blocks)).all_of("table")),
        )


NAMES: Final = ("fine", "alert", "weeks", "fit")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, _Report]:
    made = recorded(tmp_path_factory.mktemp("recorded"))
    return {
        "fine": _Report(made.fine(), monitor_page),
        "alert": _Report(made.alert(), monitor_page),
        "weeks": _Report(made.weeks(), telemetry_report_page),
        "fit": _Report(made.fit(), lambda found: tune_page(found, "")),
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_text_is_only_text(reports: Mapping[str, _Report], name: str) -> None:
    _assert_text(reports[name], HOSTILE)


@settings(max_examples=40)
@given(name=st.sampled_from(NAMES), text=texts)
def test_any_text_is_only_text(reports: Mapping[str, _Report], name: str, text: str) -> None:
    _assert_text(reports[name], text)


def _assert_text(report: _Report, text: str) -> None:
    blocks, usual = report.blocks(text), report.usual
    assert [line for line in printed(blocks).split("\n") if not line.isprintable()] == []
    for name, read in READERS.items():
        found = read(markdown(blocks))
        assert markup_in(found) == []
        heads, folds = usual.shapes[name]
        assert [rows[0] for rows in found.tables] == heads
        assert all(len(row) == len(rows[0]) for rows in found.tables for row in rows)
        assert found.folds == folds
    document = Document(html(blocks))
    assert (document.strange, document.open) == ([], [])
    assert len(document.all_of("table")) == usual.tables
