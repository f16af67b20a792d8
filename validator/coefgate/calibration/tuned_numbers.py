"""Each number that the procedure gives, beside the one that stands there and where it began."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from coefgate.calibration.draws import number_intervals
from coefgate.calibration.margins import Unmeasured, fitted_margins
from coefgate.calibration.movable import (
    Movable,
    Stays,
    calls_behind,
    margin_calls,
    prior_of,
)
from coefgate.calibration.procedure import Procedure
from coefgate.registry.compilation import table_of
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, Value
from coefgate.replay.uses import Uses


@dataclass(frozen=True, slots=True)
class TunedNumber:
    """One number or margin.

    ``today``: as it stands, ``None`` of a margin that comes in; ``proposed``: as the procedure
    gives it; ``prior``: what it started from, ``None`` where none is stated. ``calls``: behind it
    and its neighbours. ``interval``: over draws of whole phases, ``None`` of what is not drawn.
    ``stays``: why it is left; ``unmeasured``: why no call measures a margin, which stays.
    """

    key: Key
    today: Value | None
    proposed: Value
    prior: Fraction | None
    calls: int
    interval: tuple[Fraction, Fraction] | None
    stays: Stays | None
    unmeasured: Unmeasured | None

    @property
    def moves(self) -> bool:
        """Is it another number than today's?"""
        return self.today is None or self.today.number != self.proposed.number


def tuned_numbers(
    today: Coefficients, procedure: Procedure, free: Movable
) -> Iterator[TunedNumber]:
    """Every number that a fit gives, and every margin, in the order of the registry.

    An operation that nobody knows uses the dearer cost, so calls are counted by what is proposed.
    """
    drawn, proposal = number_intervals(procedure), procedure.proposed
    table = table_of(proposal)
    uses = Uses(procedure.evidence.counts(table), proposal, table)
    of_margins = margin_calls(proposal, uses)
    open_ones = set(fitted_margins(procedure.registry)) - procedure.margins.factors.keys()
    for key, proposed in proposal.numbers.items():
        if key in free.calls:
            yield TunedNumber(
                key=key,
                today=today.numbers.get(key),
                proposed=proposed,
                prior=prior_of(key, procedure.tuning),
                calls=of_margins[key]
                if key.part == "margin"
                else calls_behind(key, proposal, uses),
                interval=drawn.get(key),
                stays=free.stays.get(key),
                unmeasured=procedure.margins.unmeasured if key in open_ones else None,
            )
