"""Fitting procedures that are changed, fitted too closely, claimed and taken away."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import TUNING, Fileset, dumped
from coefgate.drill.kinds.lines import eligible
from coefgate.drill.kinds.new_calls import missed
from coefgate.drill.kinds.overfitted import hitting
from coefgate.drill.numbers import corrected, exact, plain, with_values
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import NotPlantable, Plant, passes, some, stopped_by

_FREE: Final = 1000
"""Spreads times this hold no effect back."""
_ENOUGH: Final = 40
"""Phases by which what a fit costs without shrinkage is told from chance."""
_STEP: Final = Fraction(1, 1000)
"""Of a level."""
_TOO_HIGH: Final = frozenset(("smape", "waste-band", "waste-p90"))


def _tuning(state: Fileset) -> Any:
    if not state.has_procedure:
        raise NotPlantable(
            "the registry has no fitting procedure (tuning.yaml), so none can go wrong"
        )
    eligible(state)
    return state.draft(TUNING)


def _without_shrinkage(state: Fileset, _rng: Random) -> Plant:
    document = _tuning(state)
    spreads = document["spreads"]
    document["spreads"] = {level: min(100, one * _FREE) for level, one in spreads.items()}
    return Plant(f"all spreads × {_FREE:,}", {TUNING: dumped(document)})


def _fitted_freely(state: Fileset, rng: Random) -> Plant:
    plant = _without_shrinkage(state, rng)
    if len({one.phase for one in scored(state)}) < _ENOUGH:
        raise NotPlantable(f"with fewer than {_ENOUGH} phases chance may hide what it costs")
    what = f"{plant.what}, with the values that this gives"
    return Plant(what, plant.changed, refit=True)


def _taken_out(state: Fileset, _rng: Random) -> Plant:
    _tuning(state)
    return Plant("tuning.yaml → gone", {TUNING: None})


def _hitting(state: Fileset, rng: Random) -> tuple[str, dict[Any, Fraction]]:
    _tuning(state)
    share = Fraction(rng.choice((80, 85, 90, 95)), 100)
    found = {one: value for one, value in hitting(state, share).items() if one.fitted}
    some(list(found), "no overhead that was fitted can be moved to hit more calls")
    return (
        f"{len(found)} overheads moved by hand to cover {float(share):.0%} of their calls",
        found,
    )


def _claimed(state: Fileset, rng: Random) -> Plant:
    what, values = _hitting(state, rng)
    changed = with_values(state, values)
    return Plant(
        f"{what}, said to be fitted", changed, Opinion(state, state.after(changed)).measured
    )


def _corrected(state: Fileset, rng: Random) -> Plant:
    what, values = _hitting(state, rng)
    return Plant(f"{what}, as corrections with reasons", corrected(state, values))


def _another_level(state: Fileset, _rng: Random) -> Plant:
    """The next level to the present one, towards limits that are missed.

    One further down may cut off so many more unseen calls that it is no harmless one.
    """
    document = _tuning(state)
    level = exact(document["level"])
    too_high = _TOO_HIGH.intersection(missed(state))
    document["level"] = plain(level - _STEP if too_high else level + _STEP)
    what = f"level {float(level):g} → {document['level']:g}, with the values that this gives"
    return Plant(what, {TUNING: dumped(document)}, refit=True)


# fmt: off
REGRESSIONS: Final = (
    *stopped_by("fit-claims",
        ("overfitted", "overheads moved by hand to hit the stored calls, said to be fitted",
            _claimed),
        ("procedure-without-values", "a procedure without shrinkage, its values as they were",
            _without_shrinkage),
    ),
    *stopped_by("unseen",
        ("overfitted-by-hand", "overheads moved to hit the stored calls, as corrections",
            _corrected),
        ("fitted-freely", "a procedure without shrinkage, with the values that it gives",
            _fitted_freely),
        ("procedure-taken-out", "a fitting procedure removed", _taken_out),
    ),
)
HARMLESS: Final = (
    passes("fitted-anew", "another level, with the values that the procedure gives",
        _another_level),
)
# fmt: on
