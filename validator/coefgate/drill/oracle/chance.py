"""What chance alone does to figures: the drill's own reading, with room on either side.

The gate tolerates what calls like the known ones gain by chance. Where exactly that ends is
nothing that a drill should know, so it tells what is clearly within from what is clearly beyond.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from coefgate.drill.fileset import StoredLine
from coefgate.drill.oracle.figures import FIGURES, MILLION, is_missed, smape_millionths

_DRAWS: Final = 200
_USUAL: Final = 20
"""One draw in ten gains more."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Points that a figure gains by chance: the ``usual`` ones, and the ``most`` there may be."""

    usual: float
    most: float


NONE: Final = Chance(0.0, 0.0)


def by_chance(known: Sequence[tuple[StoredLine, int]], added: int) -> dict[str, Chance]:
    """What each figure gains when calls like the known ones come in; nothing if nobody can tell.

    From the known phases, drawn with repetition, come as many known calls as there are, and as
    many new ones.
    """
    phases: dict[object, list[_ByChance]] = defaultdict(list)
    for call, tokens in known:
        missed = is_missed(call, tokens)
        phases[call.phase].append(
            _ByChance(None, None, missed)
            if call.censored
            else _ByChance(
                smape_millionths(tokens, call.tokens) / MILLION, tokens / call.tokens, missed
            )
        )
    if not phases or not added:
        return {}
    rng = Random("chance")  # noqa: S311 (draws, no secrets)
    gained: list[tuple[float, ...]] = []
    for _ in range(_DRAWS):
        before, new = (_some(list(phases.values()), rng, count) for count in (len(known), added))
        was = _points(before, before)
        now = _points([*before, *new], [*before, *(one for one in new if not one.missed)])
        gained.append(tuple(one - other for one, other in zip(was, now, strict=True)))
    columns = (sorted(column) for column in zip(*gained, strict=True))
    return {
        figure: Chance(max(0.0, 0.75 * column[-_USUAL]), max(0.0, 1.33 * column[-1]))
        for figure, column in zip(FIGURES, columns, strict=True)
    }


class _ByChance(NamedTuple):
    """A known call; SMAPE in percent and ratio are ``None`` of one that was cut off."""

    smape: float | None
    ratio: float | None
    missed: bool


def _some(phases: Sequence[Sequence[_ByChance]], rng: Random, count: int) -> list[_ByChance]:
    found: list[_ByChance] = []
    while len(found) < count:
        found += rng.choice(phases)
    return found


def _points(calls: Sequence[_ByChance], for_waste: Sequence[_ByChance]) -> tuple[float, ...]:
    """The figures in points, each the worse the higher; what nobody has drawn is nothing."""
    errors = [one.smape for one in calls if one.smape is not None]
    ratios = sorted(one.ratio for one in for_waste if one.ratio is not None) or [1.0]
    missed = sum(one.missed for one in calls)
    undecided = sum(one.smape is None and not one.missed for one in calls)
    count = len(ratios)
    return (
        sum(errors) / max(1, len(errors)),
        100 * missed / len(calls),
        100 * (missed + undecided) / len(calls),
        100 * abs((ratios[(count - 1) // 2] + ratios[count // 2]) / 2 - 1),
        100 * ratios[-(-9 * count // 10) - 1],
    )
