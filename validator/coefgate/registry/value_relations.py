"""Values that must agree within one document: intervals, thresholds, versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coefgate.core.problems import Problem
from coefgate.registry.acknowledgement_relations import is_number, mappings
from coefgate.registry.marks import Document, per_document
from coefgate.registry.sources import Sources
from coefgate.registry.wording import ValuePath, shown

_PAIRS: Final[tuple[tuple[str, ValuePath, str, str, str], ...]] = (
    ("gates", ("rules", "waste-band"), "median_from", "median_to", "the band has a width"),
    ("gates", ("coverage_aims", "eligible_samples"), "from", "to", "from is at most to"),
)


def basis_intervals(sources: Sources) -> Iterator[Problem]:
    """The interval of a basis has its low end first."""
    for document in sources.documents:
        yield from _upside_down(document)


@per_document
def _upside_down(document: Document) -> tuple[Problem, ...]:
    return tuple(
        document.problem(
            (*path, "interval"),
            "interval-order",
            found=f"goes from {shown(ends[0])} down to {shown(ends[1])}",
            allowed="an interval is [low, high]",
            fix=f"Did you mean [{shown(ends[1])}, {shown(ends[0])}]?",
        )
        for path, mapping in mappings(document)
        if isinstance(ends := mapping.get("interval"), list)
        and len(ends) == 2
        and all(map(is_number, ends))
        and ends[0] > ends[1]
    )


def ordered_thresholds(sources: Sources) -> Iterator[Problem]:
    """What reaches from one figure to another is not upside down."""
    for name, path, low, high, allowed in _PAIRS:
        document = sources.get(name)
        if document is None:
            continue
        start, end = document.at((*path, low)), document.at((*path, high))
        if not is_number(start) or not is_number(end):
            continue
        if start > end or (start == end and low == "median_from"):
            yield document.problem(
                (*path, high),
                "threshold-order",
                found=f"is {shown(end)}, and {low} is {shown(start)}",
                allowed=allowed,
                fix=f"Write more than {shown(start)}, or lower {low}.",
            )


def yanked_versions(sources: Sources) -> Iterator[Problem]:
    """A version is withdrawn once."""
    document = sources.get("yanked")
    if document is None:
        return
    first: dict[str, int] = {}
    for index in range(len(document.list_at(("yanked",)))):
        path: ValuePath = ("yanked", index, "version")
        version, line = document.at(path), document.mark(path)[0]
        if isinstance(version, str) and version in first:
            yield document.problem(
                path,
                "repeated-version",
                found=f"is {shown(version)}, as in line {first[version]}",
                allowed="a version is withdrawn once",
                fix="Keep one of the two.",
            )
        elif isinstance(version, str):
            first[version] = line
