"""Drift: what it finds, what it holds it against, and when nobody can tell."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
import pytest

from coefgate.calibration.residuals import Residuals
from coefgate.registry.guardrails import Guardrails
from coefgate.telemetry.alarms.alarm import Alarm
from coefgate.telemetry.alarms.week import HISTORY, WatchedRecords, WatchedWeek
from coefgate.telemetry.call_table import CallTable, NameColumn
from coefgate.telemetry.detectors import phase_needs
from coefgate.telemetry.detectors.drift import drift
from tests.telemetry.tables import DIGEST, MONDAY, invented, table_of

RAILS: Final = Guardrails()
DAY: Final = 86_400_000_000


def found(
    table: CallTable, at: int = -1, stored: dict[str, Residuals] | None = None
) -> dict[str, Alarm]:
    """The answers to one week of the table, by cell; that of all has no name."""
    week = int(np.unique(table.week)[at])
    return {
        one.value: one
        for one in drift(WatchedWeek(WatchedRecords(table, {}), week), RAILS, stored or {})
    }


def residuals(phases: int, *, mean: float) -> dict[str, Residuals]:
    """Stored phases of the cell tests.low, whose middle needed exp(``mean``) of its prediction."""
    random = np.random.default_rng(2)
    zeros = np.zeros(phases, dtype=np.intp)
    return {
        DIGEST: Residuals(
            residual=random.normal(mean, 0.4, phases),
            censored=np.zeros(phases, dtype=np.bool_),
            cell=zeros,
            phase=np.arange(phases),
            fold=np.arange(phases),
            cells=(("tests", "low"),),
        )
    }


def test_steady_calls_are_fine_against_earlier_weeks() -> None:
    table = invented(900, np.random.default_rng(1), weeks=6)
    answer = found(table)[""]
    assert (answer.answer, answer.names, answer.why) == ("fine", ("earlier-weeks",), "")
    assert answer.factor == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("heavy", [False, True])
def test_calls_that_need_more_than_before_are_told(heavy: bool) -> None:
    table = invented(
        900, np.random.default_rng(1), weeks=6, shift=1.7, shifted_from=5 / 6, heavy=heavy
    )
    answer = found(table)[""]
    assert answer.answer == "alert"
    assert answer.p is not None
    assert answer.p < RAILS.drift_p_below
    assert answer.statistic == answer.p
    assert answer.factor == pytest.approx(1.7, abs=0.3)
    assert len(answer.worst) == 5
    assert {*answer.worst.tolist()} <= {*answer.rows.tolist()}
    # The week before was fine, and does not know what came later.
    assert found(table, -2)[""].answer == "fine"


def test_a_cell_that_drifts_is_told_by_name() -> None:
    table = invented(1200, np.random.default_rng(3), weeks=6, complexities=("low",))
    late = (table.week == table.week.max()) & (
        table.category.codes == list(table.category.names).index("docs")
    )
    table.actual[late] *= 3
    answers = found(table)
    assert answers["docs/low"].answer == "alert"
    assert answers["docs/low"].by == "cell"
    assert {*answers["docs/low"].rows.tolist()} == {*np.flatnonzero(late).tolist()}
    assert answers["tests/low"].answer == "fine"


def test_a_small_step_shows_in_four_weeks() -> None:
    table = invented(3600, np.random.default_rng(5), weeks=12, shift=1.2, shifted_from=2 / 3)
    assert [found(table, at)[""].answer for at in (7, 8)] == ["fine", "fine"]
    answer = found(table)[""]
    assert answer.answer == "alert"
    # It rests on the calls of four weeks.
    assert len(np.unique(table.week[answer.rows])) == 4
    # And on those before, which they are held against.
    assert len(np.unique(table.week[answer.rests_on])) == 12


def test_stored_samples_are_the_reference_where_there_are_enough() -> None:
    table = invented(
        160, np.random.default_rng(1), weeks=1, categories=("tests",), complexities=("low",)
    )
    # 0.7 of the prediction is needed.
    same = found(table, stored=residuals(40, mean=np.log(0.7)))[""]
    assert (same.answer, same.names) == ("fine", ("samples",))
    less = found(table, stored=residuals(40, mean=np.log(0.4)))[""]
    assert less.answer == "alert"
    assert less.factor == pytest.approx(0.7 / 0.4, rel=0.2)
    few = found(table, stored=residuals(29, mean=np.log(0.4)))[""]
    assert (few.answer, few.why) == ("cannot-tell", "nothing-to-compare")
    assert found(table)[""].why == "nothing-to-compare"
    # Of other coefficients they say nothing.
    other = {"b" * 64: residuals(40, mean=0.0)[DIGEST]}
    assert found(table, stored=other)[""].why == "nothing-to-compare"


def test_too_few_calls_cannot_tell() -> None:
    rows = [{"started_at": MONDAY + at * DAY // 20, "actual": 700 + at} for at in range(100)]
    few = [{"started_at": MONDAY + 8 * DAY + at, "actual": 9000 + at} for at in range(29)]
    answer = found(table_of(*rows, *few))[""]
    assert (answer.answer, answer.why, answer.calls) == ("cannot-tell", "too-few-calls", 0)
    # Of one phase, they are as few.
    one = [{**row, "phase": "x"} for row in (*few, *few)]
    assert found(table_of(*rows, *one))[""].why == "too-few-calls"
    # One more, each in its own phase, is enough.
    more = [*few, {"started_at": MONDAY + 9 * DAY, "actual": 9000}]
    assert found(table_of(*rows, *more))[""].answer == "alert"


def test_a_week_without_calls_cannot_tell() -> None:
    table = table_of({"finished": False, "truncated": -1})
    answer = found(table)[""]
    assert (answer.answer, answer.why) == ("cannot-tell", "no-calls")


def test_a_phase_that_goes_on_is_not_held_against_itself() -> None:
    rows = [{"started_at": MONDAY + at * DAY // 20, "actual": 700 + at} for at in range(29)]
    goes_on = {"started_at": MONDAY + DAY * 2, "phase": "on", "actual": 700}
    later = [{"started_at": MONDAY + 8 * DAY + at, "actual": 800 + at} for at in range(60)]
    alone = {"started_at": MONDAY + 9 * DAY, "phase": "on"}
    assert found(table_of(*rows, goes_on, *later))[""].answer != "cannot-tell"
    assert found(table_of(*rows, goes_on, *later, alone))[""].why == "nothing-to-compare"


def test_a_week_says_the_same_whatever_else_was_read() -> None:
    """A receipt names one week, and reads no more than that needs."""
    weeks = HISTORY + 8
    table = invented(2400, np.random.default_rng(3), weeks=weeks, shift=1.3, shifted_from=0.5)
    alone = table.where(table.week >= table.week.max() - 7 * HISTORY)
    assert len(alone) < len(table)
    whole, part = found(table)[""], found(alone)[""]
    assert whole.statistic == part.statistic


def test_a_week_says_the_same_in_whatever_order_a_store_gives_its_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(phase_needs, "MOST", 40)  # so that phases are drawn
    table = invented(900, np.random.default_rng(4), weeks=6)
    count = len(table.phase.names)
    mixed = np.random.default_rng(5).permutation(count).astype(np.int32)
    names = [""] * count
    for code, name in zip(mixed.tolist(), table.phase.names, strict=True):
        names[code] = name
    backwards = NameColumn(1 - table.category.codes % 2, ["tests", "docs"])
    other = replace(table, phase=NameColumn(mixed[table.phase.codes], names), category=backwards)
    same = replace(table, category=NameColumn(table.category.codes % 2, ["docs", "tests"]))
    assert {name: one.p for name, one in found(other).items()} == {
        name: one.p for name, one in found(same).items()
    }
