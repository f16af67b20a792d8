"""Intervals: which semantics states which, shares and factors that rise, scopes that are there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from coefgate.core.problems import Problem
from coefgate.registry.document import Document, Fault, per_document
from coefgate.registry.document_set import Documents
from coefgate.registry.relations.values import is_number
from coefgate.registry.wording import ValuePath, shown

_OF_WIDTH = 1
"""The semantics whose interval is one width for all calls."""


def of_their_semantics(documents: Documents) -> Iterator[Problem]:
    """Semantics 1 states ``interval``, and no other does."""
    margins = documents.get("safety_margins")
    semantics = documents.get("registry").at(("semantics",))
    if type(semantics) is not int or not isinstance(margins.data, dict):
        return
    if semantics == _OF_WIDTH and "interval" not in margins.data:
        allowed = "registry.yaml says semantics: 1, which has an interval for all calls"
        fix = "Add the line: interval: {below: 0.3, above: 0.3, coverage: null}"
        path = ("interval",)
        yield Fault("missing-key", "is missing", allowed, fix, path).at(margins)
    if semantics > _OF_WIDTH and "interval" in margins.data:
        allowed = f"registry.yaml says semantics: {semantics}, which has intervals by scope"
        fix = "Delete it; intervals may replace it."
        path = ("interval",)
        problem = Fault("older-part", "belongs to semantics 1", allowed, fix, path)
        yield problem.at(margins, key=True)


@per_document
def rising_quantiles(document: Document) -> tuple[Problem, ...]:
    """Shares rise from one quantile to the next, and factors never fall."""
    return tuple(
        problem
        for path, mapping in document.mappings()
        if "held" in mapping
        for problem in (*_not_rising(document, path), *_more_phases(document, path))
    )


def _not_rising(document: Document, path: ValuePath) -> Iterator[Problem]:
    for at, _ in enumerate(pairwise(document.list_at((*path, "quantiles"))), 1):
        for key, allowed in (
            ("share", "shares rise from one quantile to the next"),
            ("factor", "a larger share of calls needs no less"),
        ):
            place = (*path, "quantiles", at, key)
            before = document.at((*path, "quantiles", at - 1, key))
            here = document.at(place)
            if not is_number(here) or not is_number(before):
                continue
            if here < before or (key == "share" and here == before):
                found = f"is {shown(here)} after {shown(before)}"
                fix = "Write the quantiles in rising order."
                yield Fault("not-rising", found, allowed, fix, place).at(document)


def _more_phases(document: Document, path: ValuePath) -> Iterator[Problem]:
    samples, phases = (document.at((*path, key)) for key in ("samples", "phases"))
    if type(samples) is int and type(phases) is int and phases > samples > 0:
        found, place = f"is {phases:,}, and samples is {samples:,}", (*path, "phases")
        allowed, fix = "a phase has at least one call", f"Write at most {samples}."
        yield Fault("too-many-phases", found, allowed, fix, place).at(document)
