"""Simulated calls: the model that they were drawn from, and what fits to them recover of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from coefgate.calibration.recovery import SHARE
from coefgate.registry.wording import count
from coefgate.replay.figure_text import from_float, ratio, share
from coefgate.reports.figures import (
    NOT_MEASURABLE,
    count_figure,
    count_words,
    short,
    tokens,
)
from coefgate.reports.page import Cells, Page, Paragraph, TableBlock, code, plain
from coefgate.reports.render.json import as_json, picked
from coefgate.samples.status import CallCount
from coefgate.use_cases.simulate import FRESH, OverDraws, Recovered, RecoveredCell, Simulated

_HELD: Final = {
    "interval_80": ("80% interval", "80%"),
    "interval_90": ("90% interval", "90%"),
    "budget_90": ("90% budget", "90%"),
}


def drawn_text(drawn: Simulated, place: Path) -> str:
    """Where the calls are."""
    return f"{count_words(_count(drawn))} written to {place}"


def _count(drawn: Simulated) -> CallCount:
    cut_off = sum(bool(one.truncated) for one in drawn.samples)
    phases = len({one.phase for one in drawn.samples})
    return CallCount(len(drawn.samples) - cut_off, cut_off, phases)


def recovered_page(found: Recovered) -> Page:
    """How many calls of which model, then fresh calls against the fits, cells, and limits."""
    drawn = found.simulated
    draws = count(found.draws, "draw")
    yield Paragraph(
        f"{draws} of {count(len(drawn.samples), 'call')} ({count_words(_count(drawn))} in the "
        f"first), seed {drawn.seed}, each fitted and held against {FRESH:,} fresh calls",
        emphasis="strong",
    )
    yield Paragraph(", ".join(_model_words(drawn)))
    rows: list[Cells] = [
        (title, plain(meant), *_shares(getattr(found, name)))
        for name, (title, meant) in _HELD.items()
    ]
    margin = drawn.state.registry.default_margin
    missed = (
        share(1 - found.level) if margin.basis.kind == "fit" else ""
    )  # else the level is not used
    rows.append(("underestimation", plain(missed), *_shares(found.underestimation)))
    waste = found.waste
    ends = (ratio(from_float(one)) for one in (waste.mean, waste.least, waste.most))
    rows.append(("waste ratio median", "", *map(plain, ends)))
    yield TableBlock(
        ("fresh calls", "meant", "mean", "least", "most"),
        rows,
        "Fresh calls of new phases and runs, none of them cut off",
        figures=range(1, 5),
    )
    yield TableBlock(
        ("cell", "calls", "true tokens", "fitted ÷ true", "least", "most"),
        list(map(_cell_row, found.cells)),
        f"Tokens within which {share(SHARE)} of the calls of a cell stay",
        figures=range(1, 6),
    )
    limits = [(rule, plain(share(part))) for rule, part in found.limits]
    yield TableBlock(
        ("limit", "met by"),
        [*limits, ("all of them", plain(share(found.all_met)))],
        "Fits that meet the limits of gates.yaml on fresh calls",
        figures=(1,),
    )
    table = drawn.state.table
    version, digest = table.registry_version, short(table.digest)
    revision = short(drawn.state.revision)
    yield Paragraph(f"truth: coefficients {version} ({revision}), digest {digest}")


def _model_words(drawn: Simulated) -> Iterator[str]:
    model, noise = drawn.model, drawn.model.noise
    tail = "normal" if noise.tail is None else f"Student t with {noise.tail:g} degrees of freedom"
    yield f"scatter {noise.scatter:g} ({tail})"
    yield f"phase effect {noise.phase_effect:g}, run effect {noise.run_effect:g}"
    yield f"{count(model.calls_per_phase, 'call')} a phase"
    yield f"{count(model.phases_per_run, 'phase')} a run"
    yield "no ceiling" if model.ceiling is None else f"ceiling {model.ceiling:,}"


def _shares(ends: OverDraws | None) -> Cells:
    if ends is None:
        return (NOT_MEASURABLE, "", "")
    return [plain(share(from_float(one))) for one in (ends.mean, ends.least, ends.most)]


def _cell_row(cell: RecoveredCell) -> Cells:
    if cell.middle is None or cell.least is None or cell.most is None:
        fitted = [NOT_MEASURABLE, "", ""]
    else:
        fitted = [ratio(from_float(one)) for one in (cell.middle, cell.least, cell.most)]
    name = code(f"{cell.category}.{cell.complexity}")
    true = tokens(round(cell.true))
    return (name, *map(plain, (count_figure(cell.calls), true, *fitted)))


def recovered_dict(found: Recovered) -> dict[str, Any]:
    """The model, and every figure of the page."""
    drawn = found.simulated
    table = drawn.state.table
    return {
        "registry": picked(table, "digest", version="registry_version")
        | {"revision": drawn.state.revision},
        "model": {
            **as_json(drawn.model.noise),
            **picked(drawn.model, "ceiling", "calls_per_phase", "phases_per_run"),
        },
        "seed": drawn.seed,
        "calls": len(drawn.samples),
        "first_draw": as_json(_count(drawn)),
        "fresh_calls": FRESH,
        **picked(found, "draws", "level", *_HELD, "underestimation", "waste", "cells"),
        "limits": {
            **{rule: float(part) for rule, part in found.limits},
            "all": float(found.all_met),
        },
    }
