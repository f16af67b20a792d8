"""Drills of the way back: one in full, or of several the spread of their times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any, Final

from coefgate.drill.way_back.ledger import RollbackDrill
from coefgate.reports.page import GAP, Block, Cells, Paragraph, TableBlock, plain

_MEANING: Final = (
    "Every runner is back on the old digest; every estimate came from a release whose digest was "
    "checked."
)


def rollback_drills_page(drills: Sequence[RollbackDrill]) -> Sequence[Block]:
    """The one drill in full, or of several the spread of their times; what went wrong in each."""
    several = len(drills) > 1
    page = list(_several(drills) if several else _one(drills[0]))
    said = [
        f"NOT as it should be{f', drill {number}' if several else ''}: {complaint}"
        for number, drill in enumerate(drills, start=1)
        for complaint in drill.complaints
    ]
    right = sum(not drill.complaints for drill in drills)
    said.append(f"{right} of {len(drills)} {'drills' if several else 'drill'} passed.")
    if right == len(drills):
        said.append(_MEANING)
    return [*page, *map(Paragraph, said)]


def _one(drill: RollbackDrill) -> Iterator[Block]:
    good, broken, back = drill.releases
    noticed, took = f"{drill.noticed_after:.2f} s", f"{drill.command_took:.2f} s"
    yield Paragraph(f"released   {good.version}  {good.digest}")
    yield Paragraph(f"broke      {broken.version}  {broken.digest}, noticed after {noticed}")
    yield Paragraph(f"went back  {back.version}  {back.digest}, the command took {took}")
    yield GAP
    rows: list[Cells] = [
        (
            one.name,
            " → ".join(one.versions),
            *map(plain, (f"{one.estimates:,}", _seconds(one.back_after))),
        )
        for one in drill.runners
    ]
    yield TableBlock(("runner", "served", "estimates", "back after"), rows)
    yield GAP
    yield Paragraph(
        f"From the command to the last runner on the old digest: {_seconds(drill.back_after)}."
    )


def _several(drills: Sequence[RollbackDrill]) -> Iterator[Block]:
    rows = (
        ("the break was noticed after", [drill.noticed_after for drill in drills]),
        ("the command took", [drill.command_took for drill in drills]),
        (
            "every runner was back after",
            [drill.back_after for drill in drills if drill.back_after],
        ),
    )
    spreads: list[Cells] = [(what, *map(plain, _spread(times))) for what, times in rows if times]
    yield TableBlock(("", "least", "median", "most"), spreads)
    estimates = sum(runner.estimates for drill in drills for runner in drill.runners)
    yield GAP
    yield Paragraph(f"{estimates:,} estimates were served.")


def _spread(times: Iterable[float]) -> list[str]:
    ordered = sorted(times)
    return [_seconds(time) for time in (ordered[0], median(ordered), ordered[-1])]


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
