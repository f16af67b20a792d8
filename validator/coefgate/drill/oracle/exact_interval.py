"""The exact 95 % interval of a share: Clopper and Pearson, 1934."""

from __future__ import annotations

from math import exp, fsum, lgamma, log
from typing import Final

_TAIL: Final = 0.025
"""The chance that is left on either side."""
_HALVINGS: Final = 60


def exact_interval(hits: int, tries: int) -> tuple[float, float]:
    """The ends of the 95 % interval of a share of which ``hits`` of ``tries`` were seen.

    The smallest share of which so many hits or more are still seen once in forty times, and the
    largest of which so few or fewer are. Of no tries every share may be true.
    """
    if not 0 <= hits <= tries:
        raise ValueError(
            f"{hits} of {tries} is no share; hits lie between 0 and the number of tries"
        )
    low = 0.0 if hits == 0 else _share(hits, tries)
    high = 1.0 if hits == tries else 1.0 - _share(tries - hits, tries)
    return low, high


def _share(hits: int, tries: int) -> float:
    """The share with which ``hits`` or more are seen with the chance of one tail, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _at_least(hits, tries, middle) < _TAIL:
            low = middle
        else:
            high = middle
    return low


def _at_least(hits: int, tries: int, share: float) -> float:
    """The chance of ``hits`` or more among ``tries``."""
    whole = lgamma(tries + 1)
    return fsum(
        exp(
            whole
            - lgamma(seen + 1)
            - lgamma(tries - seen + 1)
            + seen * log(share)
            + (tries - seen) * log(1.0 - share)
        )
        for seen in range(hits, tries + 1)
    )
