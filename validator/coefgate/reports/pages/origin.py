"""How calls moved a number from its prior: by which effects, and which phases moved it most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, Final

from coefgate.calibration.origin import MovedBy, Origin
from coefgate.registry.model import Value
from coefgate.registry.tuning import Spread
from coefgate.replay.figure_text import from_float, ratio
from coefgate.reports.figures import number_words
from coefgate.reports.page import Page, Paragraph, TableBlock, code, plain
from coefgate.reports.render.json import exact, rounded

MOST_PHASES: Final = 5
_EFFECTS: Final[Mapping[Spread, str]] = {
    "all": "all numbers",
    "marginal": "all marginal costs",
    "cell": "its own",
    "cost": "its own",
    "new_kind": "its own kind",
    "per_kilobyte": "its own",
    "model": "its own",
}
"""Effects by their words; others are named by their level and what they are of."""


def origin_blocks(value: Value, found: Origin) -> Page:
    """The way from the prior, and the phases without which it would be another number."""
    yield Paragraph(_way(value, found))
    if found.given != value.number:
        given = number_words(found.given, value.key)
        yield Paragraph(
            f"the procedure gives {given} on the samples of tuning.yaml; see it with: "
            "coefgate tune"
        )
    if found.phases is None:
        yield Paragraph("which phases moved it most is not looked for: there are more than 200")
    elif found.phases:
        yield TableBlock(
            ("without phase", "calls", "it would be", "times"),
            [
                (
                    code(one.phase),
                    plain(f"{one.calls:,}"),
                    plain(number_words(one.number, value.key)),
                    plain(_times(one.number, found.given)),
                )
                for one in found.phases[:MOST_PHASES]
            ],
            "Phases that moved it most",
            figures=(1, 2, 3),
        )
    else:
        yield Paragraph("no single phase moved it")


def _way(value: Value, found: Origin) -> str:
    prior, given = (number_words(one, value.key) for one in (found.prior, found.given))
    steps = ", ".join(_steps(found))
    moved = (
        f"calls moved it from its prior {prior} to {given} ({_times(found.given, found.prior)})"
    )
    return f"{moved}: {steps}" if steps else moved


def _steps(found: Origin) -> Iterator[str]:
    for one in found.moved_by:
        yield f"{_named(one)} ×{one.factor:.2f}"
    if found.scale != 1:
        yield f"to the level ×{found.scale:.2f}"


def _named(one: MovedBy) -> str:
    words = _EFFECTS.get(one.level)
    return words or f"{one.level} {'.'.join(one.of)}"


def _times(after: Fraction, before: Fraction) -> str:
    return f"×{ratio(from_float(float(after / before)))}" if before else "from 0"


def origin_dict(found: Origin) -> dict[str, Any]:
    """The same for programs, with every phase that moved it."""
    return {
        "prior": exact(found.prior),
        "given": exact(found.given),
        "moved_by": [
            {"level": one.level, "of": list(one.of), "factor": rounded(one.factor)}
            for one in found.moved_by
        ],
        "scale": rounded(found.scale),
        "phases": None
        if found.phases is None
        else [
            {"phase": one.phase, "calls": one.calls, "number": exact(one.number)}
            for one in found.phases
        ],
    }
