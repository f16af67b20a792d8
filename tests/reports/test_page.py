"""A new format is one module: a toy one, written here, sets whole pages of the real reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from coefgate.replay.state import state_of
from coefgate.reports.page import (
    MOST_ROWS,
    Block,
    Item,
    Items,
    Page,
    Paragraph,
    TableBlock,
    Title,
    Width,
    fitting,
    unmarked,
    whole,
)
from coefgate.reports.pages.difference import difference_page
from coefgate.reports.pages.verdict import verdict_page
from coefgate.samples.model import Retirement
from coefgate.use_cases.diff import difference
from coefgate.use_cases.report import Report
from tests.gates.builders import plain_registry
from tests.registry.builders import value
from tests.replay.builders import audited
from tests.reports.formats import printed
from tests.reports.verdicts import (
    CORRECTED,
    CUT_OFF,
    DOCS_TOO_LOW,
    MARGINS,
    SAMPLES,
    TESTS_ANSWERED,
    call,
    change,
)

WIDTHS: tuple[Width, ...] = ("narrow", "wide")


# --- The toy: every block as plain lines with bullets


def bullets(page: Page, width: Width) -> str:
    return "\n".join(line for block in fitting(page, width) for line in _lines(block))


def _lines(block: Block) -> Iterator[str]:
    match block:
        case Title():
            yield f"= {block.words}  on {block.rests_on}"
        case Paragraph():
            yield f"* {block.label}: {unmarked(block.words)}"
        case Items():
            for one in block.rows:
                yield f"* {block.title} {block.label}: {_item(one)}"
                yield from (f"  * {unmarked(words)}" for words in (*one.nested, one.further))
            yield block.further
        case TableBlock():
            yield f"= {block.title} {block.about}"
            for row in block.cells:
                cells = zip(block.columns, map(unmarked, row), strict=True)
                yield "* " + "; ".join(f"{name} {cell}" for name, cell in cells)
            yield block.further


def _item(one: Item) -> str:
    where = " ({}:{})".format(*one.place) if one.place else ""
    return f"{unmarked(one.words)}{where}: {unmarked(one.after)}"


# --- What it must hold


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    """All that a verdict can hold: what fails, is open, moves, is lost, gained and retired."""
    return change(
        folder,
        {**DOCS_TOO_LOW, **TESTS_ANSWERED, MARGINS: ("factor: 1.125", "factor: 1.13")},
        samples=(*SAMPLES, CUT_OFF),
        added=[call(60, 100, category="tests"), call(61, 2000, category="music"), CORRECTED],
        gone=[SAMPLES[2].id],
        retired=[Retirement(SAMPLES[0].id, "told twice", "samples/retired.yaml", 4)],
        retired_before=[Retirement(SAMPLES[1].id, "a test", "samples/retired.yaml", 2)],
        files=["validator/coefgate/x.py"],
        behind=3,
        notes=["the proposal is 3 commits behind main"],
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_a_verdict_is_whole_in_a_format_of_one_module(report: Report, width: Width) -> None:
    told = bullets(verdict_page(report), width)
    against = report.comparison
    assert against is not None
    for rule in report.rules:
        if rule.status != "pass":
            assert f"{rule.rule} " in told
            assert rule.told in told
            assert all(f"{file}:{line}" in told for file, line in rule.places[:5])
    for text in (
        *report.notes,
        *(step.words for step in report.next),
        "told twice",
        "a test",
        "3 commits behind",
    ):
        assert text in told
    for effect in against.changes:
        assert all(one.name in told and f"{one.file}:{one.line}" in told for one in effect.changes)
    for side in (report.head, against.base):
        assert side.version in told
        assert side.digest.removeprefix("sha256:")[:12] in told
    if width == "narrow":
        assert _words(printed(verdict_page(report), 1000)) - _words(told) == set()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_difference_is_whole_in_a_format_of_one_module(width: Width) -> None:
    base = plain_registry()
    tests = base.categories["tests"]
    lower = {**tests.overhead, "low": value("tests.low", Fraction(100))}
    head = replace(base, categories={**base.categories, "tests": replace(tests, overhead=lower)})
    calls = audited([call(n, 2000, category="tests", phase_id=f"research-{n}") for n in range(12)])
    one, other = (state_of(side, revision="worktree", version="1.2.3") for side in (base, head))
    page = list(difference_page(difference(one, other, calls)))
    told = bullets(page, width)
    assert "coefficient tests.low" in told
    assert "Calls that get" in told
    assert _words(printed(page, 1000)) - _words(bullets(page, "narrow")) == set()


def _words(text: str) -> set[str]:
    return {word.strip("():;,*=.") for word in text.split()}


def test_a_long_table_becomes_several() -> None:
    block = TableBlock(("n",), [(str(at),) for at in range(MOST_ROWS + 1)], "Numbers", "About")
    first, second = whole(block)
    assert (first.title, second.title) == (
        "Numbers, 1 to 500 of 501",
        "Numbers, 501 to 501 of 501",
    )
    assert (first.about, second.about) == ("About", "")
    assert (len(first.cells), second.cells) == (MOST_ROWS, [("500",)])
