"""Terminals of any width: all labels and figures of the widest stand on the narrowest."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.calibration.baseline_figures import baselines_of
from coefgate.registry.compilation import compiled
from coefgate.replay.state import state_of
from coefgate.reports.page import TableBlock
from coefgate.reports.pages.difference import difference_page
from coefgate.reports.pages.replay import replay_page
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.render.text import LONGEST_WORD
from coefgate.use_cases.diff import difference
from tests.gates.builders import plain_registry
from tests.registry.builders import value
from tests.replay.builders import audited
from tests.reports.formats import printed
from tests.reports.verdicts import CUT_OFF, DOCS_TOO_LOW, SAMPLES, call, change

WIDTHS = (40, 60, 80, 132)


def words(text: str) -> set[str]:
    """Those that no table may break."""
    return {word for word in text.split() if len(word) <= LONGEST_WORD}


@pytest.mark.parametrize("width", WIDTHS)
def test_a_verdict_leaves_nothing_out(folder: Path, width: int) -> None:
    later = [call(n, 3500) for n in range(50, 80)]
    report = change(
        folder,
        DOCS_TOO_LOW,
        samples=(*SAMPLES, CUT_OFF, *later),
        known=[one.id for one in SAMPLES],
    )
    narrow = printed(verdict_page(report), width)
    assert words(printed(verdict_page(report), 1000)) - words(narrow) == set()
    assert max(map(len, narrow.splitlines())) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_a_replay_leaves_nothing_out(folder: Path, width: int) -> None:
    scores = change(folder, samples=[call(n, 3500) for n in range(30)], known=()).scores
    assert scores.later.measurable
    registry = plain_registry()
    of = baselines_of(scores, registry), compiled(registry), "worktree", registry.gates.limits
    parts = list(replay_page(scores, *of))
    assert words(printed(parts, 1000)) - words(printed(parts, width)) == set()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_difference_leaves_nothing_out(width: int) -> None:
    base = plain_registry()
    tests = base.categories["tests"]
    lower = {**tests.overhead, "low": value("tests.low", Fraction(100))}
    head = replace(base, categories={**base.categories, "tests": replace(tests, overhead=lower)})
    one, other = (state_of(side, revision="worktree", version="1.2.3") for side in (base, head))
    calls = audited([call(n, 2000, category="tests", phase_id=f"research-{n}") for n in range(12)])
    parts = list(difference_page(difference(one, other, calls)))
    assert words(printed(parts, 1000)) - words(printed(parts, width)) == set()


def test_a_table_stands_as_one_where_it_fits() -> None:
    shown = printed([TableBlock(("metric", "all"), [["SMAPE mean", "41.3"]], figures=(1,))], 16)
    assert shown.splitlines() == ["metric       all", "SMAPE mean  41.3"]


def test_labels_are_broken_between_words_before_a_row_becomes_a_paragraph() -> None:
    one = TableBlock(("metric", "all"), [["SMAPE mean", "41.3"]], figures=(1,))
    assert printed([one], 12).split("\n")[1:3] == ["SMAPE   41.3", "mean        "]
    assert printed([one], 11).splitlines() == ["metric ", "SMAPE mean", "  all  41.3"]


def test_the_column_is_broken_that_takes_the_fewest_lines() -> None:
    rows = [["a b", "first of them"], ["c", "second of all"], ["d", "third of them"]]
    shown = printed([TableBlock(("by", "what"), rows)], 17).splitlines()
    assert [line.rstrip() for line in shown] == [
        "by  what",
        "a   first of them",
        "b",
        "c   second of all",
        "d   third of them",
    ]


texts = st.lists(st.text("abc-/:", min_size=1, max_size=LONGEST_WORD), max_size=4).map(" ".join)
rows = st.lists(st.tuples(texts, texts, st.integers(0, 10**9).map("{:,}".format)), max_size=4)


@given(rows=rows, width=st.integers(LONGEST_WORD + 10, 150))
def test_no_word_is_ever_left_out(rows: list[tuple[str, str, str]], width: int) -> None:
    shown = printed([TableBlock(("name", "place", "figure"), rows, figures=(2,))], width)
    assert words(" ".join(" ".join(row) for row in rows)) - words(shown) == set()


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([("x", "", "1"), ("y", "", "")], "a  c\nx  1\ny"),
        ([("x", "", "1"), ("y", "0", "")], "a  b  c\nx     1\ny  0"),
        ([], "a  b  c"),
    ],
)
def test_a_column_that_is_empty_everywhere_is_left_out(
    rows: list[tuple[str, str, str]], shown: str
) -> None:
    text = printed([TableBlock(("a", "b", "c"), rows, figures=(2,))], 80)
    assert "\n".join(line.rstrip() for line in text.splitlines()) == shown
