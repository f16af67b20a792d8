"""The same predictions, with another share of them in the margins."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.drawing import one_of
from coefgate.drill.numbers import Number, in_range, numbers
from coefgate.drill.plant import Kind, Plant, harmless
from coefgate.drill.yaml_text import dumped, value_at

_FACTORS: Final = tuple(
    sorted({Fraction(over, under) for over in range(1, 21) for under in range(1, 21)})
)


def _another_split(state: Fileset, rng: Random) -> Plant:
    fitting = [
        times for times in _FACTORS if all(_fits(number, times) for number in _split(state))
    ]
    times = one_of(rng, fitting, "no factor leaves whole tokens and margins of three decimals")
    documents: dict[str, Any] = {}
    for number in _split(state):
        entry = value_at(
            documents.setdefault(number.file, state.draft(number.file)), number.place[:-1]
        )
        value = _moved(number, times)
        entry[number.place[-1]] = float(value) if number.is_factor else int(value)
        entry.pop("acknowledge", None)
    what = f"every margin × {float(times):.4g}, and every price with a margin ÷ {float(times):.4g}"
    changed = {file: dumped(document) for file, document in documents.items()}
    return Plant("coefficients/safety_margins.yaml", what, changed)


def _split(state: Fileset) -> Iterator[Number]:
    """Every margin, and every number that is multiplied by one."""
    return (number for number in numbers(state) if not number.name.startswith("no_deliverables."))


def _moved(number: Number, times: Fraction) -> Fraction:
    return number.value * times if number.is_factor else number.value / times


def _fits(number: Number, times: Fraction) -> bool:
    value = _moved(number, times)
    if number.is_factor:
        return (1000 * value).denominator == 1 and in_range(number, value)
    return value.denominator == 1 and (value == 0 or in_range(number, value))


KINDS: Final[tuple[Kind, ...]] = (
    harmless(
        "another-split", "the same predictions with other margins and prices", _another_split
    ),
)
