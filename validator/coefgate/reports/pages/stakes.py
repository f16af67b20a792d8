"""What the figures mean for 1,000 calls, and the way from base's figures to head's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Final

from coefgate.changes.sample_moves import MovedCalls
from coefgate.replay.figures import Stakes
from coefgate.reports.figures import tokens
from coefgate.use_cases.report import Comparison

BY_CALLS: Final[Mapping[MovedCalls, str]] = {
    "new": "by new calls",
    "corrected": "by corrected calls",
    "retired": "by retired calls",
    "changed": "by changed calls",
}
BY_VALUES: Final = "by values"


def stakes_sentence(head: Stakes, against: Comparison | None = None) -> str:
    """What the figures mean for 1,000 calls, in plain words; from base to head if there is a base.

    ``16 → 48 (by new calls) → 32 (by values)`` where the change moves calls.
    """
    cut_off, unused = (_way(shown, head, against) for shown in (_cut_off, _unused))
    return (
        f"Per 1,000 calls like these: {cut_off} replies would be cut off, "
        f"{unused} tokens would be reserved and not used."
    )


def _way(shown: Callable[[Stakes], str], head: Stakes, against: Comparison | None) -> str:
    if against is None or against.scores.all.stakes is None:
        return shown(head)
    before, after = shown(against.scores.all.stakes), shown(head)
    if against.known is None or against.known.figures.stakes is None:
        return " → ".join(dict.fromkeys((before, after)))
    first = shown(against.known.figures.stakes)
    return steps((first, before, after), against.known.moved, "{} ({})")


def steps(figures: tuple[str, str, str], moved: MovedCalls, form: str) -> str:
    """``41.3 → 50.8 by new calls``: base on its own calls, base, and head; what moves is shown."""
    parts = [figures[0]]
    for (old, new), by in zip(pairwise(figures), (BY_CALLS[moved], BY_VALUES), strict=True):
        if new != old:
            parts.append(form.format(new, by))
    return " → ".join(parts)


def _cut_off(stakes: Stakes) -> str:
    low, high = (round(end) for end in stakes.cut_off)
    return f"{low}" if low == high else f"{low} to {high}"


def _unused(stakes: Stakes) -> str:
    low, high = (round(end) for end in stakes.cut_off)
    # What is predicted above the tokens that a cut-off call had reached may have been needed after
    # all.
    at_most = "" if low == high else "at most "
    return at_most + tokens(stakes.reserved_unused_tokens)
