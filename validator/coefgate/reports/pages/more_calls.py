"""What more phases have taught, and what more calls of a cell would do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coefgate.calibration.charted import Charted
from coefgate.calibration.learning_curve import LearningPoint
from coefgate.calibration.like_calls import Scatter
from coefgate.calibration.more_calls import MORE, CellDeviation, MoreCalls, Reach
from coefgate.reports.page import Cells, Page, Paragraph, TableBlock, code, plain
from coefgate.reports.render.json import exact


def more_calls_page(found: Charted, asked: float | None) -> Page:
    """Both tables; ``asked``: the sigma that the limits ask for."""
    curves = {"phase": found.phases, "run": found.runs}
    yield TableBlock(
        ("unseen", "fitted on", "phases", "sigma", "of draws", "spread", "of draws", "expected"),
        [_point(unit, one) for unit, points in curves.items() for one in points],
        "What more phases and runs have taught",
        about="figures of all calls that are left out; expected: sigma, were the spreads of "
        "tuning.yaml true",
        figures=range(1, 8),
    )
    if found.ahead:
        ahead = ", ".join(f"{sigma:.3f} with {phases:,}" for phases, sigma in found.ahead)
        yield Paragraph(f"expected of more phases of the same kinds: sigma {ahead}")
    limit = "" if asked is None else f"; the limits ask for {asked:.3f}"
    more = [f"+{calls}" for calls in MORE]
    yield TableBlock(
        (
            *("cell", "calls", "phases", "now", *more, "any", "alike"),
            *("enough", "if it fitted"),
        ),
        [_cell(one, asked) for one in found.more.cells],
        "Sigma of unseen calls with more calls of their cell",
        about="each of a phase of its own, with files as the cell has them; if it fitted: if the "
        f"formula missed nothing{limit}",
        figures=range(1, 8 + len(MORE)),
    )
    yield from map(Paragraph, _told(found.more))


def _point(unit: str, one: LearningPoint) -> Cells:
    return (
        unit,
        *map(
            plain,
            (
                f"{one.groups:,}",
                f"{one.phases:.0f}",
                f"{one.sigma:.3f}",
                _ends(one.sigmas),
                f"{one.spread:.3f}",
                _ends(one.spreads),
                f"{one.expected:.3f}",
            ),
        ),
    )


def _ends(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f"{ends[0]:.3f}–{ends[1]:.3f}"


def _cell(one: CellDeviation, asked: float | None) -> Cells:
    scatter = "" if one.scatter is None else f"{one.scatter.deviation:.3f}"
    figures = (*one.sigmas, one.least)
    return (
        code(".".join(one.cell)),
        *map(plain, (f"{one.calls:,}", f"{one.phases:,}")),
        *(plain(f"{each:.3f}") for each in figures),
        plain(f"{scatter}{' (own)' if one.own else ''}"),
        *(
            plain("" if asked is None else reach_words(reach(asked)))
            for reach in (one.reach, one.reach_by_alike)
        ),
    )


def reach_words(reach: Reach) -> str:
    """How many more calls are enough, or that no number is."""
    if isinstance(reach, int):
        return f"{reach} more" if reach else "what there is"
    return f"more than {MORE[-1]}" if reach == "more" else "no number"


def _told(found: MoreCalls) -> Iterator[str]:
    if found.seen is not None and found.expected is not None:
        yield (
            f"sigma of unseen phases, where the formula predicts: {found.seen:.3f}; expected by "
            f"the spreads: {found.expected:.3f}; with numbers that are known: {found.around:.3f}"
        )
    if found.alike is None:
        yield f"calls alike: too few to measure; all but the numbers misses {found.formula:.3f}"
        return
    low, high = found.alike.interval
    yield (
        f"calls alike scatter by {found.alike.deviation:.3f} ({low:.3f}–{high:.3f}, "
        f"{found.alike.freedom} degrees of freedom); the formula misses {found.formula:.3f} "
        "besides, whatever the numbers"
    )


def charted_dict(found: Charted | None, asked: float | None) -> dict[str, Any] | None:
    """All that figures show but single calls."""
    if found is None:
        return None
    more = found.more
    return {
        "coverage": [{"meant": exact(level), "within": exact(one)} for level, one in found.held],
        "learning": [
            *(_point_dict("phase", one) for one in found.phases),
            *(_point_dict("run", one) for one in found.runs),
        ],
        "ahead": [{"phases": phases, "expected": sigma} for phases, sigma in found.ahead],
        "asked_sigma": asked,
        "more_calls": {
            "seen": more.seen,
            "expected": more.expected,
            "around": more.around,
            "alike": _scatter_dict(more.alike),
            "formula": more.formula,
            "cells": [_cell_dict(one, asked) for one in more.cells],
        },
    }


def _point_dict(unit: str, one: LearningPoint) -> dict[str, Any]:
    return {
        "unseen": unit,
        "groups": one.groups,
        "phases": round(one.phases, 6),
        "sigma": one.sigma,
        "sigma_of_draws": one.sigmas and list(one.sigmas),
        "spread": one.spread,
        "spread_of_draws": one.spreads and list(one.spreads),
        "expected": one.expected,
    }


def _scatter_dict(found: Scatter | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "deviation": round(found.deviation, 6),
        "freedom": found.freedom,
        "interval": [round(end, 6) for end in found.interval],
    }


def _cell_dict(one: CellDeviation, asked: float | None) -> dict[str, Any]:
    sigmas = zip((0, *MORE), one.sigmas, strict=True)
    return {
        "category": one.cell[0],
        "complexity": one.cell[1],
        "calls": one.calls,
        "phases": one.phases,
        "alike": _scatter_dict(one.scatter),
        "own": one.own,
        "sigma": [{"more": calls, "sigma": sigma} for calls, sigma in sigmas],
        "least": one.least,
        "enough": None if asked is None else one.reach(asked),
        "enough_by_alike": None if asked is None else one.reach_by_alike(asked),
    }
