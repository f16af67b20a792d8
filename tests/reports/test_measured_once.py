"""A verdict counts and measures its calls once, and draws intervals only where they are shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from coefgate.replay import evidence, figures
from coefgate.replay.metrics import Calls, Metrics
from coefgate.reports.pages.verdict import verdict_page
from coefgate.reports.pages.verdict_document import verdict_dict
from coefgate.reports.render.formats import rendered
from coefgate.reports.render.json import json_text
from tests.reports.formats import printed, verdict_markdown
from tests.reports.verdicts import CUT_OFF, DOCS_LOW, DOCS_TOO_LOW, SAMPLES, Edits, call, change


@pytest.mark.parametrize(
    "edits", [None, DOCS_LOW, DOCS_TOO_LOW], ids=["nothing", "a little", "a lot"]
)
def test_calls_are_counted_once_for_both_sides(
    edits: Edits | None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = _calls_of(
        monkeypatch, evidence, "deliverables_matrix", lambda samples, _: len(samples)
    )
    json_text(verdict_dict(change(folder, edits)))
    assert counted == [len(SAMPLES)]


def test_where_a_change_adds_samples_those_of_base_are_counted_once_as_well(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = _calls_of(
        monkeypatch, evidence, "deliverables_matrix", lambda samples, _: len(samples)
    )
    change(folder, DOCS_LOW, added=[call(60, 3500), call(61, 3500)])
    assert sorted(counted) == [len(SAMPLES), len(SAMPLES) + 2]


@pytest.mark.parametrize(
    "written", [lambda report: printed(verdict_page(report)), verdict_markdown]
)
def test_a_reader_is_shown_the_intervals_of_head_as_a_whole_and_no_others_are_drawn(
    written: Callable[..., object], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = _calls_of(monkeypatch, figures, "intervals", _how_many)
    report = change(folder, DOCS_TOO_LOW, samples=(*SAMPLES, CUT_OFF))
    assert drawn == []
    written(report)
    assert drawn == [len(SAMPLES) + 1]


@pytest.mark.parametrize("edits", [None, DOCS_TOO_LOW], ids=["green", "red"])
def test_the_short_form_shows_no_intervals_and_none_are_drawn(
    edits: Edits | None, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = _calls_of(monkeypatch, figures, "intervals", _how_many)
    report = change(folder, edits, samples=(*SAMPLES, CUT_OFF))
    page = rendered("text", partial(verdict_page, report), dict, rest="the rest: …")
    assert not isinstance(page, str)
    assert "the rest: …" in printed(page)
    assert drawn == []


def test_a_program_is_shown_those_of_both_sides(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = _calls_of(monkeypatch, figures, "intervals", _how_many)
    json_text(verdict_dict(change(folder, DOCS_TOO_LOW)))
    # The whole of base and head, head without differing replies, and of both sides two categories,
    # one complexity and two cells.
    assert sorted(drawn) == [12] * 8 + [24] * 5


def _how_many(calls: Calls, _: Metrics) -> int:
    return len(calls.actual)


def _calls_of(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, noted: Callable[..., int]
) -> list[int]:
    """What is noted each time that a function is called; it does its work all the same."""
    notes: list[int] = []
    function = getattr(module, name)

    def noting(*words: object) -> object:
        notes.append(noted(*words))
        return function(*words)

    monkeypatch.setattr(module, name, noting)
    return notes
