"""Calls that are bad news: what a report must say of them when they come in, and from then on."""

from __future__ import annotations

import re
from random import Random
from typing import Final

from coefgate.drill.fileset import GATES, FileChanges, Fileset
from coefgate.drill.kinds.gate_limits import THRESHOLDS, with_threshold
from coefgate.drill.kinds.harmless.samples import bad_news
from coefgate.drill.oracle.figures import METRIC_RULES, ExactFigures, says
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import Kind, NotPlantable, Plant, harmless


def _unchanged_but_missed(state: Fileset, rng: Random) -> Plant:
    """The bad news is accepted; then a page of documentation is added."""
    accepted = bad_news(state, rng).changed
    file = f"docs/drill-{rng.randint(1, 999)}.md"
    return Plant(
        file,
        "a new page, while the registry misses thresholds",
        {file: b"# A page\n\nNothing else changes.\n"},
        past=({}, accepted),
        told={"headline": _no_worse(state.after(accepted)), "metrics.known": None},
    )


def _tightened_beyond(state: Fileset, rng: Random) -> Plant:
    """A threshold that the registry meets by a figure of its own is set below that figure."""
    found = Opinion(state, state).figures(state, added=False)
    if found is None:
        raise NotPlantable("no figure is measurable")
    word, figure = rng.choice((("smape", found.smape), ("waste-p90", found.p90)))
    threshold = THRESHOLDS[word]
    old = threshold.at(state)
    new = threshold.rounded(min(old, figure) * rng.randint(50, 95) / 100)
    changed: FileChanges = {GATES: with_threshold(state, threshold, new)}
    told = {
        "headline": _no_worse(state.after(changed)),
        "notes": re.compile("limits that this change"),
    }
    return Plant(
        GATES, f"{threshold.step(old, new)}, where it is {float(figure):.1f}", changed, told=told
    )


def _hard_calls(state: Fileset, rng: Random) -> Plant:
    plant = bad_news(state, rng)
    judgement = Opinion(state, state.after(plant.changed))
    told: dict[str, object] = {"headline": _no_worse(judgement.head)}
    for side, added in (("known", False), ("base", True), ("head", True)):
        found = judgement.figures(state, added=added)
        if found is None:
            raise NotPlantable("no figure is measurable")
        told |= {f"rules.{rule}.{side}": figure for rule, figure in _by_rule(found).items()}
    return Plant(plant.file, plant.what, plant.changed, told=told)


def _by_rule(found: ExactFigures) -> dict[str, float]:
    figures = (found.smape, found.missed, found.median, found.p90)
    return {rule: float(figure) for rule, figure in zip(METRIC_RULES, figures, strict=True)}


def _no_worse(state: Fileset) -> str:
    """The headline of a registry that misses thresholds and changes nothing."""
    found = Opinion(state, state).figures(state, added=False)
    limits = state.document(GATES)["rules"]
    *first, last = [rule for rule in METRIC_RULES if says(rule, found, limits) != "pass"]
    missed = f"{', '.join(first)} and {last}" if first else last
    return f"NO WORSE – the registry misses {missed}"


KINDS: Final[tuple[Kind, ...]] = (
    harmless(
        "unchanged-but-missed",
        "a page while limits are missed; it is no PASS",
        _unchanged_but_missed,
    ),
    harmless(
        "tightened-beyond", "a limit that the registry will miss; it is no PASS", _tightened_beyond
    ),
    harmless("hard-calls-told", "calls that miss limits, told apart from values", _hard_calls),
)
