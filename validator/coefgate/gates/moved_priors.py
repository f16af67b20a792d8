"""Priors that change while calls use their numbers: those calls may have chosen them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from coefgate.changes.change import Change
from coefgate.gates.verdict import Finding
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.numbers import overhead_of
from coefgate.registry.tuning import FILE

_REMEDY: Final = "leave priors as they were"


@dataclass(frozen=True, slots=True)
class MovedPrior:
    """A fitted number whose prior changes, and how many ``calls`` use it.

    ``change``: of the number; ``None`` where it stays.
    """

    key: Key
    calls: int
    change: Change | None

    @property
    def finding(self) -> Finding:
        """What is said of it; a reason beside the number answers, where that moves."""
        told = (
            f"the prior of {self.key.name} is changed by hand: {self.calls} calls that use it "
            "are stored, and have no unseen figure"
        )
        if self.change is None:
            return Finding(told, FILE, 1, remedy=_REMEDY)
        remedy = f"{_REMEDY}, or say why with an acknowledgement beside the number"
        answered = bool(self.change.acknowledged)
        return Finding.about(self.change, told, remedy, answered=answered)


def moved_priors(base: Coefficients, head: Coefficients) -> tuple[Key, ...]:
    """The numbers of base that head fits from another prior; none without a procedure in both."""
    before, after = base.tuning, head.tuning
    if before is None or after is None:
        return ()
    return tuple(
        key
        for key, value in head.numbers.items()
        if value.basis.kind == "fit"
        and any(before.prior_of(one) != after.prior_of(key) for one in _of_base(base, key, head))
    )


def _of_base(base: Coefficients, key: Key, head: Coefficients) -> Collection[Key]:
    """What numbers of base it was, if any: of a category with another name those of its labels."""
    if key in base.numbers or key.part != "overhead":
        return (key,) if key in base.numbers else ()
    category, complexity = key.of
    found = (overhead_of(base, name, complexity) for name in head.categories[category].names)
    return {one.key for one in found if one is not None}
