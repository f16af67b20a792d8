"""What a verdict shows where a page has no end."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from coefgate.registry.number_history import ABSENT, Commit, NumberHistory, NumberState, Step
from coefgate.reports.page import Block, ChartBlock, Span, TableBlock, fitting
from coefgate.reports.pages.verdict import verdict_page
from tests.reports.verdicts import DOCS, DOCS_TOO_LOW, SAMPLES, alone, call, change


def titled(blocks: Sequence[Block], title: str) -> TableBlock:
    (found,) = (
        one for one in blocks if isinstance(one, TableBlock) and one.title.startswith(title)
    )
    return found


def shades(table: TableBlock, value: str) -> list[int | None]:
    """Of the figures in the row of this stratum."""
    (row,) = (cells for cells in table.cells if getattr(cells[1], "text", "") == value)
    return [one.shade for one in row[3:] if isinstance(one, Span)]


def steps(count: int) -> NumberHistory:
    """A number that was set so many times, newest first."""
    states = [NumberState("docs.low", Fraction(1000 + at), "fit", DOCS, 6) for at in range(count)]
    found = []
    for at, state in enumerate(states):
        day = "2026-11-01T00:00:00Z"
        commit = Commit(f"{at:040}", "", (), "A Tester", day, day, f"step {at}", ())
        found.append(Step(commit, (), states[at - 1] if at else ABSENT, state))
    return NumberHistory("docs.low", tuple(reversed(found)), cut=False)


def test_strata_have_shades_by_the_limits_of_all_calls(folder: Path) -> None:
    # docs: predicted 3,038 where 3,500 was needed, which misses every call. 3,038 / 3,500 = 0.87,
    # so that the lower end of the band is 1.15 times as much. tests: 3,770 of 3,000, no miss.
    whole = fitting(verdict_page(change(folder, DOCS_TOO_LOW)), "whole")
    table = titled(whole, "Strata")
    # SMAPE 200 × 462 / 6,538 = 14 of 50; all missed; 1.15; P90 0.87 of 3
    assert shades(table, "docs") == [0, 4, 2, 0]
    # SMAPE 200 × 770 / 6,770 = 23 of 50; none; 1.257: 0.84 of 1.5, and 0.80 of 1; P90 1.257 of 3
    assert shades(table, "tests") == [0, 0, 0, 0]


def test_few_phases_have_no_shade(folder: Path) -> None:
    few = [*SAMPLES, *(call(n, 9000, category="music", phase_id="one") for n in range(60, 63))]
    whole = fitting(verdict_page(change(folder, samples=few)), "whole")
    assert shades(titled(whole, "Strata"), "music") == [None] * 4


def test_calls_of_each_cell_are_counted(folder: Path) -> None:
    whole = fitting(verdict_page(alone(folder)), "whole")
    rows = [[getattr(one, "text", one) for one in row] for row in titled(whole, "Calls").cells]
    assert ["docs", "12 in 12", "–"] in rows


def test_the_newest_steps_of_each_changed_number(folder: Path) -> None:
    report = change(folder, DOCS_TOO_LOW)
    whole = fitting(verdict_page(report, [steps(10), steps(1)]), "whole", "wide")
    table = titled(whole, "History")
    assert [len(table.cells), table.further] == [
        8 + 1,
        "The newest 8 of each; all of them: coefgate history NAME",
    ]
    first = [getattr(one, "text", one) for one in table.cells[0]]
    assert first[:5] == ["docs.low", "1,009", "1,008", "2026-11-01", "0" * 12]
    drawn = [one.title for one in whole if isinstance(one, ChartBlock)]
    assert drawn == [
        "Predicted against needed",
        "Waste",
        "Too few tokens against too many",
        *["docs.low over time"] * 2,
    ]
    assert titled(fitting(verdict_page(report, [steps(2)]), "whole"), "History").further == ""


def test_without_a_call_nothing_is_drawn(folder: Path) -> None:
    blocks = fitting(verdict_page(alone(folder, samples=())), "wide", "whole")
    assert not [one for one in blocks if isinstance(one, ChartBlock)]
