"""Calls as an honest import brings them: drawn from real ones, whole phases, the hard ones among them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from coefgate.drill.kinds.calls import LINKS, added
from coefgate.drill.oracle.evidence import CountedCall
from coefgate.drill.plant import NotPlantable


def honest_import(
    real: Sequence[CountedCall], rng: Random, count: int, *, once: bool = False
) -> dict[str, bytes]:
    """Files with ``count`` calls or a few more, drawn from ``real`` ones of one origin, phase by phase.

    Each has the files, the labels and the need of the one that it is drawn from, cut off or not,
    in a phase of its own. Phases are drawn with repetition, or ``once``: calls that are not stored
    come in as they are. Raises ``NotPlantable`` where there are too few.
    """
    phases = _phases(real, rng)
    if once and sum(map(len, phases)) < count:
        raise NotPlantable(f"there are fewer than {count} calls to draw from")
    left = rng.sample(phases, len(phases))
    drafts: list[dict[str, Any]] = []
    number = 0
    while len(drafts) < count:
        phase = left[number] if once else rng.choice(phases)
        drafts += [dict(call.stored.fields) for call in phase] if once else _again(phase, number)
        number += 1
    return added(drafts)


def _phases(real: Sequence[CountedCall], rng: Random) -> list[list[CountedCall]]:
    """The phases of one origin."""
    if not real:
        raise NotPlantable("no call to draw from counts")
    origin = rng.choice(real).phase[0]
    phases: dict[object, list[CountedCall]] = {}
    for call in real:
        if call.phase[0] == origin:
            phases.setdefault(call.phase, []).append(call)
    return list(phases.values())


def _again(phase: Sequence[CountedCall], number: int) -> Iterator[dict[str, Any]]:
    for index, call in enumerate(phase):
        yield {
            **call.stored.fields,
            "reference": f"drill:{number}:{index}",
            "run_id": "drill",
            "phase_id": f"drill-{number}",
            **dict.fromkeys(LINKS),
        }
