"""The scorecard of detectors: false alarms in steady years, and the delay under planted shifts.

``python -m benchmarks.detectors`` measures them, puts the tables into docs/reference/detectors.md
and what they are made of into detectors.json, in some twenty minutes; ``--years N`` says how many
steady ones, ``--page`` writes the tables of that file anew. Every detector sees the same calls:
those of river (ADWIN, Page–Hinkley) each call, ours look at the end of a week, and at releases
whenever a phase is over.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import ceil, log, sqrt
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

import numpy as np

from coefgate.calibration.residuals import Residuals
from coefgate.registry.guardrails import Guardrails
from coefgate.replay.e_value import rise
from coefgate.replay.metrics import Booleans, Floats, Indices
from coefgate.telemetry.alarms.trigger import trigger
from coefgate.telemetry.alarms.week import WatchedRecords, WatchedWeek
from coefgate.telemetry.call_table import CallTable
from coefgate.telemetry.detectors.drift import drift
from tests.telemetry.tables import DIGEST, MONDAY, WEEK, table_of_columns

ROOT: Final = Path(__file__).parents[1]
RESULTS: Final = ROOT / "benchmarks" / "detectors.json"
PAGE: Final = ROOT / "docs" / "reference" / "detectors.md"
BEGIN: Final = "<!-- written by: python -m benchmarks.detectors -->"
END: Final = "<!-- end of the scorecard -->"
WEEKS: Final = 52
SHIFTED_FROM: Final = 12
"""The week after which needs rise, so that 40 weeks are left to see it."""
SIGMA: Final = 0.45
"""Of ln(actual ÷ predicted), half of its variance between phases."""
LOCATION: Final = -0.577
"""Its mean: of normal calls one in ten is missed."""
CEILING: Final = 1.41
"""× predicted: of normal calls one in fifty is cut off."""
STORED: Final = 62
"""Phases of stored samples, as many as the shipped registry has."""
RELEASED_EVERY: Final = 4
"""Weeks between releases in a steady year."""
CELLS: Final = tuple(
    (category, complexity)
    for category in ("docs", "implementation", "tests")
    for complexity in ("low", "medium", "high")
)
SHARES: Final = (0.3, 0.2, 0.15, 0.1, 0.08, 0.07, 0.05, 0.03, 0.02)
"""Of phases by cell."""
_PREDICTED: Final = 100_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What is planted: from ``SHIFTED_FROM`` on needs are ``factor`` times as large.

    Or replies are cut off at ``ceiling`` × predicted from then on. ``calls``: of the year.
    """

    calls: int = 2000
    heavy: bool = False
    factor: float = 1.0
    ceiling: float = CEILING

    @property
    def steady(self) -> bool:
        return self.factor == 1 and self.ceiling == CEILING

    @property
    def name(self) -> str:
        """Such as ``2,000 normal calls, needs ×1.5``."""
        planted = "" if self.factor == 1 else f", needs ×{self.factor:g}"
        if self.ceiling != CEILING:
            planted = ", cut off at the prediction"
        return f"{self.calls:,} {'heavy-tailed' if self.heavy else 'normal'} calls{planted}"


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls in order: ln(actual ÷ predicted) as it is seen, and where and when each was made."""

    residual: Floats
    cut_off: Booleans
    phase: Indices
    cell: Indices
    week: Indices


def drawn(seed: int, plan: Plan, *, stored: bool = False) -> Calls:
    """A year of calls in phases of one to five; ``stored``: those of the samples, before it."""
    random = np.random.default_rng([seed, plan.calls, plan.heavy, stored])
    size = random.integers(1, 6, STORED if stored else plan.calls)
    phase = np.repeat(np.arange(len(size)), size)
    phase = phase if stored else phase[: plan.calls]
    phases = int(phase[-1]) + 1

    def noise(many: int) -> Floats:
        if plan.heavy:  # Student's t with three degrees of freedom, of variance 1
            return np.asarray(random.standard_t(3, many) / sqrt(3), dtype=np.float64)
        return random.standard_normal(many)

    spread = SIGMA * (noise(phases)[phase] + noise(len(phase))) / sqrt(2)
    week = np.zeros(len(phase), np.intp) if stored else phase * WEEKS // phases
    late = week >= SHIFTED_FROM
    need = LOCATION + spread + np.where(late, log(plan.factor), 0.0)
    ceiling = np.where(late, log(plan.ceiling), log(CEILING))
    cell = random.choice(len(CELLS), phases, p=SHARES)[phase]
    return Calls(np.minimum(need, ceiling), need > ceiling, phase, cell, week)


def records_of(calls: Calls) -> CallTable:
    """The same as a monitor reads them, under one release."""
    weeks = np.bincount(calls.week, minlength=WEEKS)
    within = np.arange(len(calls.week)) - (np.cumsum(weeks) - weeks)[calls.week]
    return table_of_columns(
        started_at=MONDAY + calls.week * WEEK + within * (WEEK // (weeks.max() + 1)),
        predicted=np.full(len(calls.week), _PREDICTED),
        actual=np.rint(_PREDICTED * np.exp(calls.residual)),
        truncated=calls.cut_off,
        success=~calls.cut_off,
        phase=[f"runner/{one}" for one in calls.phase.tolist()],
        category=[CELLS[one][0] for one in calls.cell.tolist()],
        complexity=[CELLS[one][1] for one in calls.cell.tolist()],
    )


Alarms = Iterator[int]
"""After how many calls of the year there was an alarm, each time."""
Detector = Callable[[Calls, Calls, Plan], Alarms]
"""From a year, the stored calls before it and what was planted to its alarms."""


def drift_alarms(year: Calls, stored: Calls, plan: Plan) -> Alarms:
    """Ours, at the end of each week, against stored samples."""
    records, rails = WatchedRecords(records_of(year), {}), Guardrails()
    known = Residuals(
        stored.residual, stored.cut_off, stored.cell, stored.phase, stored.phase, CELLS
    )
    first = int(records.table.week[0])
    for week in range(0 if plan.steady else SHIFTED_FROM, WEEKS):
        found = drift(WatchedWeek(records, first + 7 * week), rails, {DIGEST: known})
        if any(one.answer == "alert" for one in found):
            yield int(np.searchsorted(year.week, week, side="right"))


def release_alarms(year: Calls, plan: Plan, *, missed: bool) -> Alarms:
    """Ours, after each phase: of releases every four weeks, or of the one that plants."""
    starts = range(0, WEEKS, RELEASED_EVERY) if plan.steady else (0, SHIFTED_FROM)
    hit = year.residual > 0 if missed else year.cut_off
    first = np.flatnonzero(np.r_[True, np.diff(year.phase) > 0])
    share = np.bincount(year.phase, hit) / np.bincount(year.phase)
    release = np.searchsorted(starts, year.week[first], side="right") - 1
    for one in range(1, len(starts)):
        before, after = share[release == one - 1], share[release == one]
        found = rise(before, after)[1:] >= float(Guardrails().release_e_value_from)
        if found.any():
            # A phase counts a day after its last call.
            day = ceil(plan.calls / WEEKS / 7)
            ends = np.append(first[1:], len(year.phase))[release == one]
            yield int(ends[np.argmax(found)]) + day


def trigger_alarms(year: Calls, _stored: Calls, plan: Plan) -> Alarms:
    """The rollback trigger at the end of each week, for comparison: a limit, no test."""
    records, rails = WatchedRecords(records_of(year), {}), Guardrails()
    first = int(records.table.week[0])
    for week in range(0 if plan.steady else SHIFTED_FROM, WEEKS):
        found = trigger(
            WatchedWeek(records, first + 7 * week),
            min_calls=rails.min_calls,
            above=rails.rollback_truncation_rate_above,
        )
        if any(one.answer == "alert" for one in found):
            yield int(np.searchsorted(year.week, week, side="right"))


def river_alarms(
    kind: str, given: Mapping[str, float], *, of_ratio: bool, year: Calls, stored: Calls
) -> Alarms:
    """A detector of river on every call, after the stored ones."""
    from river.drift import ADWIN, PageHinkley

    detector = {"ADWIN": ADWIN, "PageHinkley": PageHinkley}[kind](**given)

    def values(calls: Calls) -> list[float]:
        column: Floats = calls.residual if of_ratio else calls.cut_off.astype(np.float64)
        return [float(one) for one in column]

    for one in values(stored):
        detector.update(one)
    for at, one in enumerate(values(year), 1):
        detector.update(one)
        if detector.drift_detected:
            yield at


TRIED: Final[Mapping[str, Sequence[Mapping[str, float]]]] = {
    "ADWIN": [{"delta": one} for one in (0.3, 0.1, 0.03, 0.01, 2e-3, 5e-4, 1e-4, 1e-5, 1e-6)],
    "PageHinkley": [{"threshold": one} for one in (5, 8, 12, 16, 20, 25, 30, 40, 50, 80)],
}
"""What a detector of river is tuned by, the most sensitive first."""


def tuned(kind: str, *, of_ratio: bool, years: int) -> Mapping[str, float]:
    """The most sensitive setting with a false alarm in at most 5% of other steady years."""
    plan = Plan()
    for given in TRIED[kind]:
        several = (
            river_alarms(
                kind,
                given,
                of_ratio=of_ratio,
                year=drawn(10_000 + seed, plan),
                stored=drawn(10_000 + seed, plan, stored=True),
            )
            for seed in range(years)
        )
        if sum(next(one, None) is not None for one in several) <= 0.05 * years:
            return given
    return TRIED[kind][-1]


OURS: Final[Mapping[str, Detector]] = {
    "drift": drift_alarms,
    "release, missed": lambda year, _, plan: release_alarms(year, plan, missed=True),
    "release, cut off": lambda year, _, plan: release_alarms(year, plan, missed=False),
}
"""Detectors that test; together they have the false alarms of all."""
ALL_OF_OURS: Final = "all three of ours"
STEADY: Final = (Plan(), Plan(heavy=True), Plan(calls=10_000), Plan(calls=10_000, heavy=True))
SHIFTED: Final = tuple(
    plan
    for heavy in (False, True)
    for plan in (
        *(Plan(heavy=heavy, factor=factor) for factor in (1.2, 1.5, 2.0)),
        Plan(heavy=heavy, ceiling=1.0),
    )
)
"""Cut off at the prediction are, of normal calls, one in ten in the place of one in fifty."""


def first_alarm(detector: Detector, plan: Plan, seed: int) -> int | None:
    """Calls until the first alarm: of a steady year, or since the shift; ``None`` without one."""
    year, stored = drawn(seed, plan), drawn(seed, plan, stored=True)
    since = 0 if plan.steady else int(np.searchsorted(year.week, SHIFTED_FROM))
    return next((at - since for at in detector(year, stored, plan) if at > since), None)


class Setting(NamedTuple):
    """A detector of river on ln(actual ÷ predicted), or else on whether calls were cut off."""

    kind: str
    of_ratio: bool
    given: Mapping[str, float]

    @property
    def name(self) -> str:
        said = ", ".join(f"{key} {value:g}" for key, value in self.given.items()) or "defaults"
        return f"river {self.kind}, {'log ratio' if self.of_ratio else 'cut off'}, {said}"

    def alarms(self, year: Calls, stored: Calls, _plan: Plan) -> Alarms:
        return river_alarms(
            self.kind, self.given, of_ratio=self.of_ratio, year=year, stored=stored
        )


def settings(years: int) -> Iterator[Setting]:
    """Those of river: as they come, and tuned on so many years."""
    for kind in TRIED:
        for of_ratio in (True, False):
            yield Setting(kind, of_ratio, {})
            yield Setting(kind, of_ratio, tuned(kind, of_ratio=of_ratio, years=years))


Firsts = Sequence[int | None]
Outcomes = Mapping[str, Mapping[str, Firsts]]
"""By plan and detector the first alarm of each year."""


def outcomes_of(plan: Plan, years: int, river: Sequence[Setting]) -> Mapping[str, Firsts]:
    """By detector."""
    every: dict[str, Detector] = {**OURS, "rollback trigger": trigger_alarms}
    every |= {one.name: one.alarms for one in river}
    found: dict[str, Firsts] = {
        name: [first_alarm(one, plan, seed) for seed in range(years)]
        for name, one in every.items()
    }
    found[ALL_OF_OURS] = [
        min((one for one in several if one is not None), default=None)
        for several in zip(*(found[name] for name in OURS), strict=True)
    ]
    print(plan.name, {name: _rate(one) for name, one in found.items()}, file=sys.stderr)
    return found


def measured(steady_years: int) -> Outcomes:
    """Everything: of 10,000 calls a fifth of these years, a third with a shift, half to tune."""
    river = list(settings(ceil(steady_years / 2)))
    with ProcessPoolExecutor() as pool:
        running = {
            plan: pool.submit(
                outcomes_of,
                plan,
                ceil(steady_years * 2000 / plan.calls if plan.steady else steady_years / 3),
                river,
            )
            for plan in (*STEADY, *SHIFTED)
        }
        return {plan.name: one.result() for plan, one in running.items()}


def _rate(firsts: Firsts) -> float:
    return sum(one is not None for one in firsts) / len(firsts)


def lines_of(outcomes: Outcomes) -> Iterator[str]:
    """The tables of the page."""
    names = list(outcomes[STEADY[0].name])
    order = [*OURS, ALL_OF_OURS, *(one for one in names if one not in {*OURS, ALL_OF_OURS})]
    years = [len(outcomes[plan.name][order[0]]) for plan in STEADY]
    yield "Steady years with a false alarm:"
    yield ""
    yield "| detector | " + " | ".join(plan.name for plan in STEADY) + " |"
    yield "|---|" + "---:|" * len(STEADY)
    for name in order:
        rates = [f"{_rate(outcomes[plan.name][name]):.1%}" for plan in STEADY]
        yield f"| {name} | " + " | ".join(rates) + " |"
    yield "| always fires | " + " | ".join(["100.0%"] * len(STEADY)) + " |"
    yield "| never fires | " + " | ".join(["0.0%"] * len(STEADY)) + " |"
    yield f"| years | {' | '.join(map(str, years))} |"
    for heavy in (False, True):
        plans = [plan for plan in SHIFTED if plan.heavy == heavy]
        yield ""
        kind = "heavy-tailed" if heavy else "normal"
        yield f"Median delay in weeks (calls), 2,000 {kind} calls a year:"
        yield ""
        yield "| detector | " + " | ".join(plan.name.partition(", ")[2] for plan in plans) + " |"
        yield "|---|" + "---:|" * len(plans)
        for name in order:
            delays = [_delay(outcomes[plan.name][name], plan) for plan in plans]
            yield f"| {name} | " + " | ".join(delays) + " |"
        yield "| always fires | " + " | ".join(["0 (0)"] * len(plans)) + " |"
        yield "| never fires | " + " | ".join(["never"] * len(plans)) + " |"


def _delay(firsts: Firsts, plan: Plan) -> str:
    """The median; a year in which nothing was told is longer than all others."""
    middle = median(float("inf") if one is None else one for one in firsts)
    return (
        "never" if middle == float("inf") else f"{middle * WEEKS / plan.calls:.1f} ({middle:.0f})"
    )


def page_with(outcomes: Outcomes, page: str) -> str:
    """The page with these tables in the place of those that it has."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return "\n".join((before + BEGIN, "", *lines_of(outcomes), "", END)) + after


def _as_json(outcomes: Outcomes) -> str:
    """One line for each detector."""
    plans = (
        f" {json.dumps(plan, ensure_ascii=False)}: {{\n"
        + ",\n".join(f"  {json.dumps(name)}: {json.dumps(firsts)}" for name, firsts in of.items())
        + "\n }"
        for plan, of in outcomes.items()
    )
    return "{\n" + ",\n".join(plans) + "\n}\n"


def main(arguments: Sequence[str]) -> None:
    if "--page" not in arguments:
        years = int(arguments[arguments.index("--years") + 1]) if "--years" in arguments else 100
        found = measured(years)
        RESULTS.write_text(_as_json(found), "utf-8")
    outcomes = json.loads(RESULTS.read_text("utf-8"))
    PAGE.write_text(page_with(outcomes, PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
