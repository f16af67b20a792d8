"""How many further calls a figure has room for, however bad they are, within its limit.

Nobody knows what became of calls that were lost. As long as every figure has room for them, all
figures are within their limits whatever these calls were.
"""

from __future__ import annotations

import math
from fractions import Fraction


def headroom(
    total: Fraction | int, calls: int, limit: Fraction, *, most: int = 1, misses_at_limit: bool
) -> float:
    """The largest number ``n`` for which ``(total + n × most) ÷ (calls + n)`` is within ``limit``.

    ``total``: the sum over ``calls`` of what the limit holds, each from 0 to ``most``.
    ``misses_at_limit``: a mean that is just at the limit misses it. ``0``: there is no room, or
    it is beyond its limit already; infinite: whatever comes, it stays within.
    """
    if most <= limit:
        return math.inf
    room = (limit * calls - total) / (most - limit)
    return max(0, math.ceil(room) - 1 if misses_at_limit else math.floor(room))
