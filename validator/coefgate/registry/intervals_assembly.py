"""A valid ``safety_margins.yaml`` → the intervals that it states, and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from coefgate.registry.document import Document, per_document
from coefgate.registry.intervals import Held, Intervals, Quantiles
from coefgate.registry.model import IntervalWidths


@per_document
def widths_of(margins: Document) -> IntervalWidths | None:
    """The one width of semantics 1, for all calls; ``None`` where none is stated."""
    widths: dict[str, Any] = {
        name: None if share is None else Fraction(share)
        for name, share in margins.mapping_at(("interval",)).items()
    }
    return IntervalWidths(**widths) if widths else None


@per_document
def intervals_of(margins: Document) -> Intervals:
    """The intervals of semantics 2, by scope; none where none are stated."""
    stated = margins.mapping_at(("intervals",))
    if not stated:
        return Intervals()
    return Intervals(
        _quantiles(stated["all"]),
        {name: _quantiles(entry) for name, entry in stated.get("categories", {}).items()},
        {
            (category, complexity): _quantiles(entry)
            for category, cells in stated.get("cells", {}).items()
            for complexity, entry in cells.items()
        },
    )


def _quantiles(entry: Mapping[str, Any]) -> Quantiles:
    held = {
        name: None if share is None else Fraction(share) for name, share in entry["held"].items()
    }
    return Quantiles(
        samples=entry["samples"],
        phases=entry["phases"],
        factors={Fraction(one["share"]): Fraction(one["factor"]) for one in entry["quantiles"]},
        held=Held(**held),
    )


@per_document
def interval_lines(margins: Document) -> Mapping[str, int]:
    """The line of ``interval``, of ``intervals`` and of each scope, by dotted names."""
    paths = (
        ("interval",),
        ("intervals",),
        *(("intervals", *scope) for scope in intervals_of(margins).scopes),
    )
    return {".".join(path): margins.mark(path, key=True)[0] for path in paths}
