"""Overheads that somebody moved by hand until the stored calls are hit."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from coefgate.drill.fileset import REGISTRY, Fileset
from coefgate.drill.kinds.verbs import is_overhead
from coefgate.drill.numbers import Number, numbers
from coefgate.drill.oracle.evidence import cell_of, scored
from coefgate.drill.oracle.prediction import predictor_of


def hitting(state: Fileset, share: Fraction) -> dict[Number, Fraction]:
    """Other values of overheads, each the least that this share of its calls stays within.

    Shares are nearest ranks, and overheads rise with the complexity: figures that are good on the
    stored calls and say nothing of others.
    """
    lacking = _lacking(state)
    overheads = {one.name: one for one in numbers(state) if is_overhead(one)}
    moved: dict[Number, Fraction] = {}
    for category in state.categories:
        least = Fraction(0)
        for complexity in state.document(REGISTRY)["complexities"]:
            number = overheads.get(f"{category}.{complexity}")
            if number is not None:
                wanted = number.value + _at_rank(lacking.get(number.name, [0]), share)
                least = max(least, min(wanted, Fraction(number.key.ends[1])))
                moved[number] = least
    return {one: value for one, value in moved.items() if value != one.value}


def _lacking(state: Fileset) -> dict[str, list[int]]:
    """By the name of an overhead the tokens that it lacks, or has too many, for each call."""
    predictor, found = predictor_of(state), dict[str, list[int]]()
    for call in scored(state):
        predicted, used = predictor.of_stored(call)
        name = ".".join(cell_of(state, call))
        if name in used:
            values = predictor.values
            margin = values.get(f"margin.{name}", values["margin.default"])
            needed = call.tokens + call.censored
            enough, base = floor((needed - 1) / margin) + 1, floor(predicted / margin)
            found.setdefault(name, []).append(enough - base)
    return found


def _at_rank(found: list[int], share: Fraction) -> int:
    return sorted(found)[ceil(len(found) * share) - 1]
