"""How many scored calls each cell has, and how far that is from what the registry aims at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import chain, product
from typing import Final

from coefgate.registry.model import CoverageAims
from coefgate.registry.wording import count, listed
from coefgate.samples.model import Sample, instant
from coefgate.samples.status import Audited, CallCount, count_of, counts_by_origin

MANY_DELIVERABLES = 5
FALLBACK: Final = "(fallback)"
NO_DELIVERABLES: Final = "(no deliverables)"
"""What predicts a call that no cell predicts; no category is called so."""

Placed = Mapping[tuple[str, str], Sequence[Audited]]
"""Scored calls by the declared cell that predicts them, or by a name above and a complexity."""


@dataclass(frozen=True, slots=True)
class CoveredCell:
    """One category × complexity, and how many scored calls it predicts.

    ``newest``: the day, in UTC, of the last of them whose time is known.
    """

    category: str
    complexity: str
    calls: CallCount
    newest: date | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """One thing that the stored samples should come to cover; ``missing``: in words."""

    aim: str
    wanted: str
    have: int
    met: bool
    missing: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The declared cells in their order, what predicts calls ``outside`` of them, and the aims.

    ``origins``: all of these calls by where their lists of files come from.
    """

    cells: tuple[CoveredCell, ...]
    outside: tuple[CoveredCell, ...]
    aims: tuple[Aim, ...]
    origins: Mapping[str, CallCount] = field(default_factory=dict)


def coverage(
    placed: Placed, *, categories: Sequence[str], complexities: Sequence[str], aims: CoverageAims
) -> Coverage:
    """The coverage: every cell of ``categories`` × ``complexities``, also an empty one.

    Aims ask for eligible samples that some coefficient, and not the fallback, predicts.
    """
    counts = {place: count_of(calls) for place, calls in placed.items()}
    declared = list(product(categories, complexities))
    own = [
        (place, one.sample)
        for place, calls in placed.items()
        for one in calls
        if place[0] != FALLBACK and one.status == "eligible"
    ]
    by_fallback = sum(count.samples for count in counts.values()) - len(own)

    def covered(cells: Iterable[tuple[str, str]]) -> tuple[CoveredCell, ...]:
        return tuple(
            CoveredCell(*cell, counts.get(cell, CallCount()), _newest(placed.get(cell, ())))
            for cell in cells
        )

    return Coverage(
        covered(declared),
        covered(sorted(counts.keys() - set(declared))),
        tuple(
            Aim(aim, wanted, have, not missing, missing)
            for aim, wanted, have, missing in _aims(
                own, by_fallback, categories, complexities, aims
            )
        ),
        counts_by_origin(chain.from_iterable(placed.values())),
    )


def _newest(calls: Iterable[Audited]) -> date | None:
    times = [one.sample.observed_at for one in calls if one.sample.observed_at is not None]
    return datetime.fromtimestamp(max(map(instant, times)), UTC).date() if times else None


def _aims(
    own: Sequence[tuple[tuple[str, str], Sample]],
    by_fallback: int,
    categories: Sequence[str],
    complexities: Sequence[str],
    aims: CoverageAims,
) -> Iterator[tuple[str, str, int, str]]:
    """Each aim with what is wanted, how many there are, and what is missing.

    ``own``: the eligible samples that count. Of complexities the one with the fewest does.
    """
    lowest, highest = aims.eligible_samples_from, aims.eligible_samples_to
    missing = f"{lowest - len(own)} more eligible" if len(own) < lowest else ""
    if missing and by_fallback:
        missing += f", beside {by_fallback} that the fallback predicts"
    yield "eligible_samples", f"{lowest} to {highest}", len(own), missing

    covered = {category for (category, _), _ in own} & set(categories)
    empty = [category for category in categories if category not in covered]
    lacking, missing = aims.categories - len(covered), ""
    if lacking > 0:
        missing = count(lacking, "more category", "more categories")
        missing += f"; without an eligible sample: {listed(empty)}" if empty else ""
    yield "categories", str(aims.categories), len(covered), missing

    of_each = Counter(complexity for (_, complexity), _ in own)
    wanted = aims.each_complexity
    lacks = [
        f"{wanted - of_each[one]} more of {one}" for one in complexities if of_each[one] < wanted
    ]
    have = min((of_each[one] for one in complexities), default=0)
    yield "each_complexity", str(wanted), have, ", ".join(lacks)

    wanted = aims.five_or_more_deliverables
    have = sum(len(sample.deliverables) >= MANY_DELIVERABLES for _, sample in own)
    missing = f"{wanted - have} more with {MANY_DELIVERABLES} deliverables or more"
    yield "five_or_more_deliverables", str(wanted), have, missing if have < wanted else ""
