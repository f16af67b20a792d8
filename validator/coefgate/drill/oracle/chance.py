"""What chance alone does to figures: the drill's own reading, with room on either side.

The gate tolerates what calls like the known ones gain by chance. Where exactly that ends is
nothing that a drill should know, so it tells what is clearly within from what is clearly beyond.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from random import Random
from typing import Final

from coefgate.drill.fileset import StoredLine
from coefgate.drill.oracle.figures import FIGURES, Outcome, figures, gains, outcome

_DRAWS: Final = 200
_USUAL: Final = 20
"""One draw in ten gains more."""


def by_chance(
    known: Sequence[tuple[StoredLine, int]], added: int
) -> dict[str, tuple[float, float]]:
    """The points that each figure gains when calls like the known ones come in.

    From the known phases, drawn with repetition, come as many known calls as there are, and as
    many new ones. Of the points come the usual ones, and the most there may be; nothing if nobody
    can tell.
    """
    phases: dict[object, list[Outcome]] = defaultdict(list)
    for call, tokens in known:
        one = outcome(call, tokens)
        near_enough = None if one.ratio is None else float(one.ratio)
        phases[call.phase].append(one._replace(ratio=near_enough))
    if not phases or not added:
        return {}
    rng = Random("chance")  # noqa: S311 (draws, no secrets)
    gained = []
    for _ in range(_DRAWS):
        before, new = (_some(list(phases.values()), rng, count) for count in (len(known), added))
        not_missed = [one for one in new if not one.missed]
        gained.append(gains(*map(figures, (before, before + new, before + not_missed))))
    columns = {name: sorted(float(one.get(name, 0)) for one in gained) for name in FIGURES}
    return {
        name: (max(0.0, 0.75 * column[-_USUAL]), max(0.0, 1.33 * column[-1]))
        for name, column in columns.items()
    }


def _some(phases: Sequence[Sequence[Outcome]], rng: Random, count: int) -> list[Outcome]:
    found: list[Outcome] = []
    while len(found) < count:
        found += rng.choice(phases)
    return found
