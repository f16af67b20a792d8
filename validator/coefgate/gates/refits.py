"""Fits in which calls choose every number: the first one, and later ones on more calls."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final, Literal

from coefgate.changes.change import Change, ChangeKind
from coefgate.gates.proposal import Proposal
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients
from coefgate.registry.tuning import Tuning

Refit = Literal["first", "more"]
"""``first``: base was fitted on nothing; ``more``: on fewer of the calls that it has stored."""
_CHOSEN: Final[frozenset[ChangeKind]] = frozenset(
    ("alias", "path-rules", "applies-to", "model-rules")
)
"""Changes that no fit makes."""


def refit_of(
    proposal: Proposal, head: Coefficients, found: Sequence[Change], by_hand: Collection[Key]
) -> Refit | None:
    """Which one it is, of a ``head`` that differs from base in ``found``; ``None`` of any other.

    ``by_hand``: numbers that change and that no procedure gives. Calls that come in are chosen
    together with the values, so they make it another, but where none was ever there before.
    """
    before, after = proposal.base.registry.tuning, head.tuning
    brought = proposal.moves.any and not proposal.base_without_calls()
    if before is None or after is None or brought:
        return None
    if not set(before.samples) < set(after.samples):
        return None
    if not before.samples:
        known = by_hand & proposal.base.registry.numbers.keys()
        return "first" if _grown(before, after) and not known else None
    same = replace(before, samples=after.samples).gives_by == after.gives_by
    return "more" if same and not by_hand and all(map(_is_of_a_fit, found)) else None


def is_given_first(change: Change, base: Coefficients, head: Coefficients) -> bool:
    """Is it a number that the first fit gives, instead of a prior or of nothing?"""
    key = change.key
    if not isinstance(key, Key) or key not in head.numbers:
        return False
    before, after = base.numbers.get(key), head.numbers[key]
    at_prior = before is None or before.basis.kind == "prior"
    return at_prior and after.basis.kind == "fit"


def _grown(before: Tuning, after: Tuning) -> bool:
    """Is it the same procedure, with priors of more numbers and spreads of more levels at most?"""
    more = before.prior.items() <= after.prior.items()
    more &= before.spreads.items() <= after.spreads.items()
    same = replace(before, samples=after.samples, prior=after.prior, spreads=after.spreads)
    return more and same.gives_by == after.gives_by


def _is_of_a_fit(change: Change) -> bool:
    """Is it a number that the fit gives, or what it says of one, or an interval?"""
    if change.kind == "setting":
        return str(change.key).startswith("intervals.")
    stays = change.base is not None and not change.gone
    return stays and change.kind not in _CHOSEN
