"""Drills: of the gate what was planted and what it did, of the way back its time; false alarms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from fractions import Fraction
from statistics import median
from typing import Any, Final

from coefgate.drill.false_alarms import TOLERATED, Tally, measured
from coefgate.drill.plant import Expected, Side
from coefgate.drill.run import Drill, Row
from coefgate.drill.way_back.ledger import RollbackDrill
from coefgate.registry.wording import count, listed
from coefgate.replay.figure_text import from_float, share
from coefgate.reports.page import Cells, Page, Paragraph, Span, TableBlock, plain
from coefgate.reports.render.json import as_json, picked, rounded

_EXPECTED: Final[dict[Expected, str]] = {
    "stopped": "1 or 4",
    "refused": "3",
    "unanswered": "5",
    "passes": "0",
}
_MARKS: Final = {
    "ok": Span("ok", "pass"),
    "wrong": Span("NOT", "fail"),
    "not-planted": Span("–", "skipped"),
}
_SIDES: Final[tuple[tuple[Side, str, str], ...]] = (
    ("regression", "regressions", "stopped"),
    ("harmless", "harmless changes", "let through"),
)


def drill_page(drill: Drill, again: str) -> Page:
    """The table of each side, what is wrong or could not be planted, and the counts.

    ``again``: the command that plants the same changes.
    """
    columns = ("kind", "planted", "right", "exit code", "what objects", "")
    for side, name, _ in _SIDES:
        if rows := [_cells(row) for row in drill.rows if row.side == side]:
            yield TableBlock(columns, rows, name.capitalize())
    not_planted = [row for row in drill.rows if row.status == "not-planted"]
    for why in dict.fromkeys(row.note for row in not_planted):
        kinds = listed(row.kind for row in not_planted if row.note == why)
        yield Paragraph(f"not planted: {kinds}: {why}")
    for row in drill.wrong:
        right = f"right would be {_EXPECTED[row.expected]}{'; ' if row.note else ''}{row.note}"
        found = f"exit code {row.exit_code} ({row.verdict}), {right}"
        yield Paragraph(f"NOT as it should be: {row.kind}: {found}")
    counts = [
        f"{len(drill.right(side))} of {len(planted)} {name} were {done}{_rest(side, not_planted)}."
        for side, name, done in _SIDES
        if (planted := drill.planted(side))
    ]
    yield from map(Paragraph, counts or ["Nothing could be planted, so nothing is proved."])
    yield Paragraph(f"seed {drill.seed}; the same once more: {again}")


def _rest(side: Side, not_planted: Sequence[Row]) -> str:
    """How many kinds of this side the registry has nothing for, if any."""
    rest = sum(row.side == side for row in not_planted)
    return f"; {count(rest, 'kind')} not planted" if rest else ""


def _cells(row: Row) -> Cells:
    return (
        row.kind,
        f"{row.file}: {row.planted}" if row.file else row.note,
        plain(_EXPECTED[row.expected]),
        "–" if row.exit_code is None else f"{row.exit_code} {row.verdict}",
        row.objection,
        _MARKS[row.status],
    )


def drill_dict(drill: Drill) -> dict[str, Any]:
    """What was planted, and what the gates did with it."""

    def counts(side: Side, done: str) -> dict[str, int]:
        return {"planted": len(drill.planted(side)), done: len(drill.right(side))}

    return {
        "seed": drill.seed,
        "regressions": counts("regression", "stopped"),
        "harmless": counts("harmless", "passed"),
        "rows": as_json(drill.rows),
    }


# --- False alarms


def false_alarms_page(found: Sequence[Tally], again: str) -> Page:
    """What should pass, what should not, and what is wrong; ``again``: the command for it."""
    columns = ("kind", "tries", "stopped", "share", "95% interval", "by")
    easy = "Should be stopped: calls that are predicted to the token"
    for title, is_easy in (("Should pass", False), (easy, True)):
        rows = [_tally_cells(one) for one in found if (one.group == "easy") is is_easy]
        yield TableBlock(columns, rows, title, figures=range(1, 5))
    for one in found:
        if not one.tries:
            yield Paragraph(f"not planted: {one.kind}: {one.note}")
    wrong = [one for one in found if one.complaint]
    for one in wrong:
        told = [f"{one.kind}: {one.complaint}"]
        if one.rules and one.group != "easy":
            told.append(f"stopped by {_rules(one)}")
        if one.note:
            told.append(one.note)
        yield Paragraph(f"NOT as it should be: {'; '.join(told)}")
    if not measured(found):
        none = "no honest import could be tried, so how many are stopped is not known"
        yield Paragraph(f"Nothing was measured: {none}.")
    elif not wrong:
        may = f"the {TOLERATED:.0%} of honest imports that may be stopped"
        yield Paragraph(f"No false alarm beyond {may}.")
    yield Paragraph(f"the same once more: {again}")


def _rules(one: Tally) -> str:
    return ", ".join(f"{rule} ({times})" for rule, times in one.rules)


def _tally_cells(one: Tally) -> Cells:
    if not one.tries:
        return (one.kind, *map(plain, ("0", "–", "–", "–", "")))
    written = share.beside(from_float(TOLERATED))
    low, high = (written(from_float(end)) for end in one.interval)
    stopped = written(Fraction(one.stopped, one.tries))
    figures = (f"{one.tries}", f"{one.stopped}", stopped, f"{low} to {high}")
    return (one.kind, *map(plain, figures), _rules(one))


def false_alarms_dict(found: Sequence[Tally], *, seed: int, times: int) -> dict[str, Any]:
    """How often what should pass was stopped; shares from 0 to 1."""
    rows = [
        {
            **picked(one, "kind", "group", "calls", "tries", "stopped"),
            "share": rounded(one.stopped / one.tries) if one.tries else None,
            "interval": as_json(one.interval) if one.tries else None,
            "rules": dict(one.rules),
            **picked(one, "note", "complaint"),
        }
        for one in found
    ]
    return {"seed": seed, "times": times, "rows": rows}


# --- The way back


def rollback_drills_page(drills: Sequence[RollbackDrill]) -> Page:
    """The one drill in full, or of several the spread of their times; what went wrong in each."""
    several = len(drills) > 1
    yield from _several(drills) if several else _one(drills[0])
    for number, drill in enumerate(drills, start=1):
        which = f", drill {number}" if several else ""
        yield from (Paragraph(f"NOT as it should be{which}: {why}") for why in drill.complaints)
    right = sum(not drill.complaints for drill in drills)
    yield Paragraph(f"{right} of {len(drills)} {'drills' if several else 'drill'} passed.")
    if right == len(drills):
        checked = "every estimate came from a release whose digest was checked"
        yield Paragraph(f"Every runner is back on the old digest; {checked}.")


def _one(drill: RollbackDrill) -> Page:
    good, broken, back = drill.releases
    noticed, took = f"{drill.noticed_after:.2f} s", f"{drill.command_took:.2f} s"
    yield Paragraph(f"released   {good.version}  {good.digest}")
    yield Paragraph(f"broke      {broken.version}  {broken.digest}, noticed after {noticed}")
    yield Paragraph(f"went back  {back.version}  {back.digest}, the command took {took}")
    rows = [
        (
            one.name,
            " → ".join(one.versions),
            plain(f"{one.estimates:,}"),
            plain(_seconds(one.back_after)),
        )
        for one in drill.runners
    ]
    yield TableBlock(("runner", "served", "estimates", "back after"), rows)
    took = _seconds(drill.back_after)
    yield Paragraph(f"From the command to the last runner on the old digest: {took}.")


def _several(drills: Sequence[RollbackDrill]) -> Page:
    times = {
        "the break was noticed after": [drill.noticed_after for drill in drills],
        "the command took": [drill.command_took for drill in drills],
        "every runner was back after": [one.back_after for one in drills if one.back_after],
    }
    rows: list[Cells] = [(what, *_spread(found)) for what, found in times.items() if found]
    yield TableBlock(("", "least", "median", "most"), rows)
    estimates = sum(runner.estimates for drill in drills for runner in drill.runners)
    yield Paragraph(f"{estimates:,} estimates were served.")


def _spread(times: Iterable[float]) -> Iterator[Span]:
    ordered = sorted(times)
    return (plain(_seconds(time)) for time in (ordered[0], median(ordered), ordered[-1]))


def _seconds(time: float | None) -> str:
    return "never" if time is None else f"{time:.2f} s"


def rollback_drills_dict(drills: Sequence[RollbackDrill]) -> dict[str, Any]:
    """Drills of the way back; times in seconds."""
    return {"drills": [_rollback_dict(drill) for drill in drills]}


def _rollback_dict(drill: RollbackDrill) -> dict[str, Any]:
    return {
        "releases": [asdict(one) for one in drill.releases],
        "noticed_after": round(drill.noticed_after, 3),
        "command_took": round(drill.command_took, 3),
        "back_after": None if drill.back_after is None else round(drill.back_after, 3),
        "runners": [asdict(one) for one in drill.runners],
        "complaints": list(drill.complaints),
    }
