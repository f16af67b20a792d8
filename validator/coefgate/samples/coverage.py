"""How many scored calls each cell has, and how far that is from what the registry aims at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coefgate.registry.model import CoverageAims
from coefgate.registry.wording import listed
from coefgate.samples.model import Sample
from coefgate.samples.status import Audited, CallCount, count_of

MANY_DELIVERABLES = 5
FALLBACK: Final = "(fallback)"
NO_DELIVERABLES: Final = "(no deliverables)"
"""What predicts a call that no cell predicts; no category is called so."""

Placed = Mapping[tuple[str, str], Sequence[Audited]]
"""Scored calls by the declared cell that predicts them, or by a name above and a complexity."""


@dataclass(frozen=True, slots=True)
class CoveredCell:
    """One category × complexity, and how many scored calls it predicts."""

    category: str
    complexity: str
    calls: CallCount


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
    """The declared cells in their order, what predicts calls ``outside`` of them, and the aims."""

    cells: tuple[CoveredCell, ...]
    outside: tuple[CoveredCell, ...]
    aims: tuple[Aim, ...]


def coverage(
    placed: Placed,
    *,
    categories: Sequence[str],
    complexities: Sequence[str],
    aims: CoverageAims,
) -> Coverage:
    """The coverage: every cell of ``categories`` × ``complexities``, also an empty one.

    Aims ask for eligible samples; those that the fallback predicts say nothing of any coefficient,
    so they count for no aim.
    """
    counts = {place: count_of(calls) for place, calls in placed.items()}
    declared = [(category, complexity) for category in categories for complexity in complexities]
    eligible = sum(count.samples for count in counts.values())
    own = [
        one.sample
        for (name, _), calls in placed.items()
        for one in calls
        if name != FALLBACK and one.status == "eligible"
    ]
    covering = {
        place: count.samples
        for place, count in counts.items()
        if place[0] != FALLBACK and count.samples
    }

    def covered(cells: Iterable[tuple[str, str]]) -> tuple[CoveredCell, ...]:
        return tuple(CoveredCell(*cell, counts.get(cell, CallCount())) for cell in cells)

    return Coverage(
        covered(declared),
        covered(sorted(counts.keys() - set(declared))),
        (
            _eligible_aim(len(own), eligible - len(own), aims),
            _categories_aim(covering, categories, aims),
            _complexities_aim(covering, complexities, aims),
            _deliverables_aim(own, aims),
        ),
    )


def _eligible_aim(have: int, by_fallback: int, aims: CoverageAims) -> Aim:
    lowest, highest = aims.eligible_samples_from, aims.eligible_samples_to
    missing = "" if have >= lowest else f"{lowest - have} more eligible"
    if missing and by_fallback:
        missing += f", beside {by_fallback} that the fallback predicts"
    return Aim("eligible_samples", f"{lowest} to {highest}", have, not missing, missing)


def _categories_aim(
    counts: Mapping[tuple[str, str], int], categories: Sequence[str], aims: CoverageAims
) -> Aim:
    covered = {category for category, _ in counts} & set(categories)
    empty = [category for category in categories if category not in covered]
    missing = ""
    lacking = aims.categories - len(covered)
    if lacking > 0:
        missing = "1 more category" if lacking == 1 else f"{lacking} more categories"
        missing += f"; without an eligible sample: {listed(empty)}" if empty else ""
    return Aim("categories", str(aims.categories), len(covered), not missing, missing)


def _complexities_aim(
    counts: Mapping[tuple[str, str], int], complexities: Sequence[str], aims: CoverageAims
) -> Aim:
    """``have`` is the number of samples of the complexity that has the fewest."""
    by_complexity = Counter(dict.fromkeys(complexities, 0))
    for (_, complexity), count in counts.items():
        by_complexity[complexity] += count
    wanted = aims.each_complexity
    have = min((by_complexity[complexity] for complexity in complexities), default=0)
    missing = ", ".join(
        f"{wanted - by_complexity[complexity]} more of {complexity}"
        for complexity in complexities
        if by_complexity[complexity] < wanted
    )
    return Aim("each_complexity", str(wanted), have, not missing, missing)


def _deliverables_aim(eligible: Sequence[Sample], aims: CoverageAims) -> Aim:
    have = sum(len(sample.deliverables) >= MANY_DELIVERABLES for sample in eligible)
    wanted = aims.five_or_more_deliverables
    missing = f"{wanted - have} more with {MANY_DELIVERABLES} deliverables or more"
    return Aim(
        "five_or_more_deliverables",
        str(wanted),
        have,
        have >= wanted,
        missing if have < wanted else "",
    )
