"""Whether limits are within reach of the calls, and what these cannot decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coefgate.registry.wording import count
from coefgate.replay.attainability import Attainability, MeasuredOn
from coefgate.replay.figure_text import from_float, share
from coefgate.reports.figures import FIGURES, NOT_MEASURABLE
from coefgate.reports.render.json import as_json, picked

PREDICTIONS: Final[Mapping[MeasuredOn, str]] = {
    "unseen_run": "predictions of unseen runs",
    "unseen_phase": "predictions of unseen phases",
    "fitted": "fitted predictions",
}


def attainability_lines(found: Attainability | None) -> Iterator[str]:
    """The deviation at hand beside the one that limits ask for; then what the calls can show."""
    if found is None:
        return
    sigma = NOT_MEASURABLE if found.sigma is None else f"{found.sigma:.3f}"
    on = PREDICTIONS[found.measured_on]
    yield f"attainability: residual sigma {sigma} on {on}; {_asked_words(found)}"
    power = f"with 80% power on {count(found.phases, 'phase')}"
    rise = f"no rise of underestimation would show {power}"
    if found.rise is not None:
        points = share(from_float(found.rise)).removesuffix("%")
        rise = f"a rise of underestimation by {points} points would show {power}"
    undecided = ", ".join(FIGURES[name][0] for name in found.undecided)
    yield f"not decided by these calls: {undecided or 'no limit'}; {rise}"


def _asked_words(found: Attainability) -> str:
    strictest = found.strictest
    if strictest is None:
        return "the limits leave room for any"
    name, most = strictest
    others = [
        f"{FIGURES[other][0]} {sigma:.3f}"
        for other, sigma in found.asked.items()
        if other != name and sigma is not None
    ]
    more = f"; {', '.join(others)}" if others else ""
    return f"the limits ask for {most:.3f} or less ({FIGURES[name][0]}{more})"


def attainability_dict(found: Attainability | None) -> dict[str, Any] | None:
    """Its fields, and the strictest of what is asked for."""
    if found is None:
        return None
    name, most = found.strictest or (None, None)
    return {
        **picked(found, "measured_on", "phases", "sigma"),
        "asked_sigma": most,
        "asked_by": name,
        "asked": dict(found.asked),
        **picked(found, "rise"),
        "undecided": as_json(found.undecided),
    }
