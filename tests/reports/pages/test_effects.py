"""Changed coefficients with what each does, where there is room for a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.reports.page import Page, TableBlock
from coefgate.reports.pages import effects
from coefgate.reports.pages.effects import changes_blocks
from coefgate.reports.render.markdown import markdown
from coefgate.use_cases.report import Report
from tests.reports.verdicts import DOCS, DOCS_LOW, TESTS, TESTS_ANSWERED, change

SPACE = "\N{NO-BREAK SPACE}"


def _changes(report: Report) -> Page:
    assert report.comparison is not None
    return changes_blocks(report.comparison)


def test_a_step_of_numbers_stays_on_one_line_and_one_of_names_need_not(folder: Path) -> None:
    moved = {
        DOCS: ("aliases: [documentation]\n", ""),
        TESTS: ("category: tests\n", "category: tests\naliases: [documentation]\n"),
    }
    assert f"`1500`{SPACE}→{SPACE}`1510`" in markdown(_changes(change(folder, DOCS_LOW)))
    assert "| `docs` → `tests` |" in markdown(_changes(change(folder, moved)))


def test_what_is_beyond_the_first_changes_is_folded_away(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effects, "_MOST", 1)
    report = change(folder, {**DOCS_LOW, **TESTS_ANSWERED})
    first, others = (
        one for one in _changes(report) if isinstance(one, TableBlock) and one.width == "wide"
    )
    assert [len(first.cells), len(others.cells)] == [1, 1]
    assert (first.fold, others.fold) == (False, True)
    assert others.title == "1 more change, with the effect of each"
