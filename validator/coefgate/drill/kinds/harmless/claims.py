"""Claims that hold."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.calls import eligible
from coefgate.drill.kinds.drawing import is_coefficient, one_of
from coefgate.drill.numbers import numbers
from coefgate.drill.oracle.prediction import predictor_of
from coefgate.drill.plant import Kind, Plant, harmless
from coefgate.drill.yaml_text import dumped, value_at


def _right(state: Fileset, rng: Random) -> Plant:
    """A number is said to rest on the eligible calls that use it, or on some of them."""
    predictor = predictor_of(state)
    uses = [predictor.predict(one.fields)[1] for one in eligible(state)]
    counts = {number.name: sum(number.name in used for used in uses) for number in numbers(state)}
    candidates = [
        (number, count, document, basis)
        for number in numbers(state)
        if is_coefficient(number)
        for document in (state.draft(number.file),)
        for basis in (value_at(document, number.place[:-1])["basis"],)
        for count in range(1, counts[number.name] + 1)
        if (basis["kind"], basis.get("samples")) != ("fit", count)
    ]
    number, count, document, basis = one_of(rng, candidates, "no number is used by a stored call")
    basis |= {"kind": "fit", "samples": count}
    what = f"{number.name}: basis → fit of {count} samples, of {counts[number.name]}"
    return Plant(number.file, what, {number.file: dumped(document)})


KINDS: Final[tuple[Kind, ...]] = (
    harmless("samples-claimed-right", "a number said to rest on calls that use it", _right),
)
