"""How many eligible samples each cell has, and how far that is from what the registry aims at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coefgate.registry.model import CoverageAims
from coefgate.registry.wording import listed
from coefgate.samples.model import Audited, Sample

MANY_DELIVERABLES = 5


@dataclass(frozen=True, slots=True)
class CoveredCell:
    """One category × complexity with its eligible samples, and the phases that they belong to."""

    category: str
    complexity: str
    samples: int
    phases: int


@dataclass(frozen=True, slots=True)
class Aim:
    """One thing that the stored samples should come to cover; ``missing`` says in words what lacks."""

    aim: str
    wanted: str
    have: int
    met: bool
    missing: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """Cells by category and complexity, in the order of the registry, and the aims."""

    cells: tuple[CoveredCell, ...]
    aims: tuple[Aim, ...]


def coverage(
    audited: Iterable[Audited],
    *,
    canonical_category: Mapping[str, str],
    categories: Sequence[str],
    complexities: Sequence[str],
    aims: CoverageAims,
) -> Coverage:
    """The coverage by eligible samples.

    ``canonical_category``: from names and aliases of categories to names. Every cell of ``categories`` ×
    ``complexities`` is listed, also an empty one; then those of other labels that occur.
    """
    eligible = [each.sample for each in audited if each.status == "eligible"]
    cell_of = {sample.id: _cell(sample, canonical_category) for sample in eligible}
    counts = Counter(cell_of.values())
    phases = Counter(cell for cell, _ in {(cell_of[sample.id], sample.phase) for sample in eligible})
    declared = [(category, complexity) for category in categories for complexity in complexities]
    cells = (*declared, *sorted(set(counts) - set(declared)))
    return Coverage(
        tuple(CoveredCell(*cell, counts[cell], phases[cell]) for cell in cells),
        (
            _eligible_aim(len(eligible), aims),
            _categories_aim(counts, categories, aims),
            _complexities_aim(counts, complexities, aims),
            _deliverables_aim(eligible, aims),
        ),
    )


def _cell(sample: Sample, canonical_category: Mapping[str, str]) -> tuple[str, str]:
    # Eligible samples have both labels.
    category, complexity = str(sample.category), str(sample.complexity)
    return canonical_category.get(category, category), complexity


def _eligible_aim(have: int, aims: CoverageAims) -> Aim:
    lowest, highest = aims.eligible_samples_from, aims.eligible_samples_to
    missing = "" if have >= lowest else f"{lowest - have} more eligible"
    return Aim("eligible_samples", f"{lowest} to {highest}", have, have >= lowest, missing)


def _categories_aim(
    counts: Mapping[tuple[str, str], int], categories: Sequence[str], aims: CoverageAims
) -> Aim:
    # A label that the registry does not declare is scored by the fallback, but covers nothing.
    covered = {category for category, _ in counts} & set(categories)
    have = len(covered)
    empty = [category for category in categories if category not in covered]
    missing = ""
    lacking = aims.categories - have
    if lacking > 0:
        missing = "1 more category" if lacking == 1 else f"{lacking} more categories"
        missing += f"; without an eligible sample: {listed(empty)}" if empty else ""
    return Aim("categories", str(aims.categories), have, have >= aims.categories, missing)


def _complexities_aim(
    counts: Mapping[tuple[str, str], int], complexities: Sequence[str], aims: CoverageAims
) -> Aim:
    """``have`` is the number of samples of the complexity that has the fewest."""
    by_complexity = Counter(dict.fromkeys(complexities, 0))
    for (_, complexity), count in counts.items():
        by_complexity[complexity] += count
    wanted = aims.each_complexity
    lacking = [complexity for complexity in complexities if by_complexity[complexity] < wanted]
    have = min((by_complexity[complexity] for complexity in complexities), default=0)
    missing = ", ".join(
        f"{wanted - by_complexity[complexity]} more of {complexity}" for complexity in lacking
    )
    return Aim("each_complexity", str(wanted), have, not lacking, missing)


def _deliverables_aim(eligible: Sequence[Sample], aims: CoverageAims) -> Aim:
    have = sum(len(sample.deliverables) >= MANY_DELIVERABLES for sample in eligible)
    wanted = aims.five_or_more_deliverables
    missing = "" if have >= wanted else f"{wanted - have} more with {MANY_DELIVERABLES} deliverables or more"
    return Aim("five_or_more_deliverables", str(wanted), have, have >= wanted, missing)
