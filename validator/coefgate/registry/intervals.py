"""How much of a prediction unseen calls need: as a registry states it, and as calls show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any


@dataclass(frozen=True, slots=True)
class Held:
    """Shares of unseen calls that stay within what the quantiles say, ``None`` if not measured.

    ``interval_80`` and ``interval_90``: between the shares 0.1 and 0.9, and 0.05 and 0.95;
    ``budget_90``: within the share 0.9.
    """

    interval_80: Fraction | None = None
    interval_90: Fraction | None = None
    budget_90: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Quantiles:
    """Share of unseen calls that stay within → factor on their predicted tokens, rising.

    Shares lie between 0 and 1, factors from 0 to 100; both have at most three decimals.
    ``samples``: the calls behind them, those that were cut off included; ``phases``: of these.
    """

    samples: int
    phases: int
    factors: Mapping[Fraction, Fraction]
    held: Held = Held()


@dataclass(frozen=True, slots=True)
class Intervals:
    """Quantiles by scope; an estimate takes the narrowest that states a share.

    ``cells``: by category and complexity.
    """

    all_calls: Quantiles | None = None
    categories: Mapping[str, Quantiles] = field(default_factory=dict)
    cells: Mapping[tuple[str, str], Quantiles] = field(default_factory=dict)

    @property
    def scopes(self) -> Mapping[tuple[str, ...], Quantiles]:
        """Every scope that is stated, by its keys: ``("cells", "docs", "low")``."""
        everything = {} if self.all_calls is None else {("all",): self.all_calls}
        categories = {("categories", name): one for name, one in self.categories.items()}
        return (
            everything | categories | {("cells", *cell): one for cell, one in self.cells.items()}
        )

    def nested(self, of: Callable[[Quantiles], object]) -> dict[str, Any]:
        """``of`` each scope that is stated, under its keys one within the other."""
        found: dict[str, Any] = {}
        for (*outer, last), stated in self.scopes.items():
            place = found
            for key in outer:
                place = place.setdefault(key, {})
            place[last] = of(stated)
        return found
