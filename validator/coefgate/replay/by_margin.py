"""Calls as they are predicted with a single margin, whatever margins a registry has."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from coefgate.core.table import Table
from coefgate.replay.counts import (
    Counts,
    attempts_alone,
    base_parts,
    model_factors_thousandths,
    tokens_of,
)
from coefgate.replay.metrics import Booleans, Integers


class ByMargin(NamedTuple):
    """What calls are predicted with a single margin instead of every margin.

    ``base``: tokens before the factors, in 1/1024; ``model``: the factor of the model, in
    thousandths. ``takes_margin``: which calls take one; others have all that they are predicted.
    ``least``: what is predicted at least, because of the attempt before.
    """

    base: Integers
    model: Integers
    takes_margin: Booleans
    least: Integers

    @classmethod
    def of(cls, counts: Counts, table: Table) -> Self:
        """Of the calls as ``table`` predicts them, but for their margins."""
        base, model = base_parts(counts, table), model_factors_thousandths(counts, table)
        takes = np.asarray((counts.matrix > 0).any(axis=1))
        if counts.attempts is None:
            return cls(base, model, takes, np.zeros_like(base))
        alone, ended = attempts_alone(counts, table), counts.attempts.decide
        return cls(np.where(ended, 0, base), model, takes & ~ended, alone)

    def where(self, rows: Booleans) -> Self:
        """Of some of the calls."""
        found = self.base[rows], self.model[rows], self.takes_margin[rows], self.least[rows]
        return type(self)(*found)

    def at(self, margin: int | Integers) -> Integers:
        """Predicted tokens with this margin, in thousandths."""
        factors = self.model * np.where(self.takes_margin, margin, 1000)
        found: Integers = np.maximum(tokens_of(self.base, factors), self.least)
        return found
