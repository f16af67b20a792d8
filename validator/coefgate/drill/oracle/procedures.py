"""What can be said of a change under a fitting procedure without fitting anything.

The accepted numbers are what the procedure gives, or at most a step of rounding beside it. So a
number that says ``fit`` and moves by more than that twice is none that it gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from coefgate.drill.fileset import TUNING
from coefgate.drill.numbers import numbers
from coefgate.drill.oracle.differences import moved_numbers
from coefgate.drill.oracle.prediction import Predictor


def not_given(base: Predictor, head: Predictor) -> Iterator[str]:
    """Numbers that still say ``fit`` and moved, while the procedure stays as it is."""
    was, now = (side.state.document(TUNING) for side in (base, head))
    if was != now:
        return
    factors = {number.name for number in numbers(head.state) if number.key.is_factor}
    for name, (old, new) in moved_numbers(base, head).items():
        step = Fraction(1, 1000) if name in factors else Fraction(now["round_to"])
        if name in head.fitted & base.fitted and abs(new - old) > 2 * step:
            yield name


def by_hand(base: Predictor, head: Predictor) -> Iterator[str]:
    """Numbers that moved and that no procedure answers for."""
    return (name for name in moved_numbers(base, head) if name not in head.fitted)
