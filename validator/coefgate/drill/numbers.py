"""Every number that an estimate can rest on, by its dotted name, and the same registry with another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Any

from coefgate.drill.fileset import MARGINAL, MARGINS, REGISTRY, Fileset
from coefgate.drill.yaml_text import Place, value_at, with_number

_MAX_TOKENS = 1_000_000
_MAX_FACTOR = 10


@dataclass(frozen=True, slots=True)
class Number:
    """One number: tokens (whole), or a factor (at most three decimals), and the interval claimed for it."""

    name: str
    file: str
    place: Place
    value: Fraction
    interval: tuple[Fraction, Fraction] | None = None

    @property
    def is_factor(self) -> bool:
        """Is it a safety margin?"""
        return self.place[-1] == "factor"

    def times(self, factor: Fraction) -> Fraction:
        """The number times ``factor``, rounded as a registry writes it."""
        if self.is_factor:
            return Fraction(round(self.value * factor * 1000), 1000)
        return Fraction(round(self.value * factor))


def written(value: Fraction) -> str:
    """A number as YAML has it."""
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.12g}"


def exact(number: Any) -> Fraction:
    """A number of a YAML document as it is written: 0.1 is one tenth."""
    return Fraction(number) if isinstance(number, int) else Fraction(str(number))


@lru_cache(maxsize=256)
def numbers(state: Fileset) -> tuple[Number, ...]:
    """Every number of the registry."""
    return tuple(_numbers(state))


def _numbers(state: Fileset) -> Iterator[Number]:
    for category, file in state.categories.items():
        for complexity in state.document(file)["overhead"]:
            yield _number(
                state, f"{category}.{complexity}", file, "overhead", complexity, "tokens"
            )
    for operation, kinds in state.document(MARGINAL)["marginal_costs"].items():
        for kind in kinds:
            name = f"marginal.{operation}.{kind}"
            yield _number(state, name, MARGINAL, "marginal_costs", operation, kind, "tokens")
    yield _number(state, "margin.default", MARGINS, "default", "factor")
    for category, cells in (state.document(MARGINS).get("cells") or {}).items():
        for complexity in cells:
            name = f"margin.{category}.{complexity}"
            yield _number(state, name, MARGINS, "cells", category, complexity, "factor")
    yield _number(state, "fallback.overhead", REGISTRY, "fallback", "overhead", "tokens")
    for complexity in state.document(REGISTRY)["no_deliverables"]:
        name = f"no_deliverables.{complexity}"
        yield _number(state, name, REGISTRY, "no_deliverables", complexity, "tokens")


def _number(state: Fileset, name: str, file: str, *place: str) -> Number:
    entry = value_at(state.document(file), place[:-1])
    ends = entry["basis"].get("interval")
    interval = (exact(ends[0]), exact(ends[1])) if ends else None
    return Number(name, file, place, exact(entry[place[-1]]), interval)


def with_value(
    state: Fileset, number: Number, value: Fraction, *, acknowledge: str | None = None
) -> dict[str, bytes]:
    """The file of ``number`` with another value; ``acknowledge`` as ``editing.with_number``."""
    content = state.files[number.file]
    return {
        number.file: with_number(content, number.place, written(value), acknowledge=acknowledge),
    }


def in_range(number: Number, value: Fraction) -> bool:
    """Is this a value that a registry may hold, and another than the present one?"""
    if value == number.value:
        return False
    return 1 <= value <= _MAX_FACTOR if number.is_factor else 0 <= value <= _MAX_TOKENS


def rises(state: Fileset) -> bool:
    """Do overheads, and the predictions without deliverables, never fall from one complexity to the next?"""
    order = state.document(REGISTRY)["complexities"]
    ladders = [state.document(file)["overhead"] for file in state.categories.values()]
    for ladder in (*ladders, state.document(REGISTRY)["no_deliverables"]):
        tokens = [ladder[complexity]["tokens"] for complexity in order if complexity in ladder]
        if any(lower > higher for lower, higher in pairwise(tokens)):
            return False
    return True
