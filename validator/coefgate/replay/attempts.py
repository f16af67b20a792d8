"""The attempts before calls as columns, and what they ask of predictions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from coefgate.core.retry import Previous
from coefgate.replay.metrics import Booleans, Indices, Integers


class Attempts(NamedTuple):
    """The attempt before each call: its output tokens, 0 where there is none; was it cut off?"""

    tokens: Integers
    cut_off: Booleans

    @classmethod
    def of(cls, previous: Sequence[Previous | None]) -> Self:
        """Of so many calls, in their order."""
        tokens = [one.output_tokens if one else 0 for one in previous]
        cut_off = [one is not None and one.truncated for one in previous]
        return cls(np.array(tokens, dtype=np.int64), np.array(cut_off, dtype=np.bool_))

    def at(self, rows: Indices) -> Self:
        """Those of the calls at these indices."""
        return type(self)(self.tokens[rows], self.cut_off[rows])

    def tokens_after(
        self, after_complete: int | Integers, after_cut_off: int | Integers
    ) -> Integers:
        """What they ask for with these factors, in thousandths: more than what was cut off."""
        factors = np.where(self.cut_off, after_cut_off, after_complete)
        more: Integers = np.where(self.cut_off, self.tokens + 1, 0)
        return np.maximum(-(-self.tokens * factors // 1000), more)

    @property
    def decide(self) -> Booleans:
        """Which calls are predicted by the attempt alone: it came to its end."""
        return (self.tokens > 0) & ~self.cut_off
