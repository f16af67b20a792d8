"""Drills of the way back, as text or as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any, Final

from rich.console import RenderableType
from rich.text import Text

from coefgate.drill.way_back.model import RollbackDrill
from coefgate.reports.console import table
from coefgate.reports.json_texts import json_text

_MEANING: Final = "Every runner is back on the old digest; every estimate came from a release whose digest was checked."


def rollback_drills_json(drills: Sequence[RollbackDrill]) -> str:
    """Drills as JSON text; times in seconds."""
    return json_text({"drills": [_dict(drill) for drill in drills]})


def rollback_drills_text(drills: Sequence[RollbackDrill]) -> list[RenderableType]:
    """The one drill in full, or of several the spread of their times; what went wrong in each."""
    parts: list[RenderableType] = (
        list(_one(drills[0])) if len(drills) == 1 else list(_several(drills))
    )
    parts += [
        Text(f"NOT as it should be{f', drill {number}' if len(drills) > 1 else ''}: {complaint}")
        for number, drill in enumerate(drills, start=1)
        for complaint in drill.complaints
    ]
    right = sum(not drill.complaints for drill in drills)
    parts.append(
        Text(f"{right} of {len(drills)} {'drill' if len(drills) == 1 else 'drills'} passed.")
    )
    if right == len(drills):
        parts.append(Text(_MEANING))
    return parts


def _one(drill: RollbackDrill) -> Iterator[RenderableType]:
    good, broken, back = drill.releases
    yield Text(f"released   {good.version}  {good.digest}")
    yield Text(
        f"broke      {broken.version}  {broken.digest}, noticed after {drill.noticed_after:.2f} s"
    )
    yield Text(
        f"went back  {back.version}  {back.digest}, the command took {drill.command_took:.2f} s"
    )
    yield Text("")
    yield table(
        "runner",
        "served",
        "estimates",
        "back after",
        rows=[
            [one.name, " → ".join(one.versions), f"{one.estimates:,}", _seconds(one.back_after)]
            for one in drill.runners
        ],
    )
    yield Text("")
    yield Text(
        f"From the command to the last runner on the old digest: {_seconds(drill.back_after)}."
    )


def _several(drills: Sequence[RollbackDrill]) -> Iterator[RenderableType]:
    rows = (
        ("the break was noticed after", [drill.noticed_after for drill in drills]),
        ("the command took", [drill.command_took for drill in drills]),
        (
            "every runner was back after",
            [drill.back_after for drill in drills if drill.back_after],
        ),
    )
    yield table(
        "",
        "least",
        "median",
        "most",
        rows=[[what, *_spread(times)] for what, times in rows if times],
    )
    estimates = sum(runner.estimates for drill in drills for runner in drill.runners)
    yield Text("")
    yield Text(f"{estimates:,} estimates were served.")


def _spread(times: Iterable[float]) -> list[str]:
    ordered = sorted(times)
    return [_seconds(time) for time in (ordered[0], median(ordered), ordered[-1])]


def _seconds(time: float | None) -> str:
    return "never" if time is None else f"{time:.2f} s"


def _dict(drill: RollbackDrill) -> dict[str, Any]:
    return {
        "releases": [asdict(one) for one in drill.releases],
        "noticed_after": round(drill.noticed_after, 3),
        "command_took": round(drill.command_took, 3),
        "back_after": None if drill.back_after is None else round(drill.back_after, 3),
        "runners": [asdict(one) for one in drill.runners],
        "complaints": list(drill.complaints),
    }
