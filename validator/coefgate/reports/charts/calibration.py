"""What the figures of a calibration page are drawn against, and of which calls."""

from __future__ import annotations

from coefgate.calibration.charted import Charted
from coefgate.registry.model import Limits
from coefgate.replay.attainability import asked_of, strictest
from coefgate.replay.figure_text import bounds_of
from coefgate.reports.charts.waste import WasteSides


def asked_sigma(limits: Limits) -> float | None:
    """The largest deviation of ln(actual ÷ predicted) that all limits together leave room for."""
    found = strictest(asked_of(bounds_of(limits)))
    return None if found is None else found[1]


def waste_sides(found: Charted) -> WasteSides:
    """Calls by fits that did not know them, else by the one that did."""
    if found.unseen_phase is None:
        return (("fitted", found.fitted),)
    return ("unseen phase", found.unseen_phase), ("unseen run", found.unseen_run)
