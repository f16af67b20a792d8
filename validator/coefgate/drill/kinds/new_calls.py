"""Calls that come in as they were made: good ones, bad news, honest imports; and what is told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GATES, Fileset
from coefgate.drill.kinds.draws import up
from coefgate.drill.kinds.files import PAGE
from coefgate.drill.kinds.gate_limits import LIMITS
from coefgate.drill.kinds.lines import (
    added,
    correction,
    eligible,
    honest_import,
    needing,
    new_call,
    of_one_origin,
    retired,
)
from coefgate.drill.kinds.verbs import DRAWS, Attempt, flatters_nothing, until
from coefgate.drill.oracle.evidence import CountedCall, scored
from coefgate.drill.oracle.figures import METRIC_RULES, says
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import NotPlantable, Plant, Planting, passes


def _good_sample(state: Fileset, rng: Random) -> Plant:
    like = rng.choice(eligible(state))
    needed = predicted(state, like.fields) * rng.randint(70, 99) // 100
    changed = added([new_call(like, rng.randint(1, 9999), needed)])
    return Plant(f"one call that needed {needed} tokens", changed)


def _bad_news(state: Fileset, rng: Random) -> Plant:
    """Calls that today's coefficients miss, until a threshold that was met is missed."""
    limits = state.document(GATES)["rules"]
    base = Opinion(state, state).figures(state, added=False)
    met = [rule for rule in METRIC_RULES if says(rule, base, limits) == "pass"]
    drafts: list[dict[str, Any]] = []
    likes = of_one_origin(eligible(state), rng)
    wanted = rng.randint(3, 12)
    for number in range(DRAWS if met else 0):
        like = rng.choice(likes)
        needed = int(predicted(state, like.fields) * up(rng)) + 1
        drafts.append(new_call(like, number, min(needed, 1_000_000)))
        changed = added(drafts)
        opinion = Opinion(state, state.after(changed))
        figures = opinion.figures(state, added=True)
        missed = [rule for rule in met if says(rule, figures, limits) != "pass"]
        if opinion.may_flatter:
            drafts.pop()
        elif missed and len(drafts) >= wanted:
            far_more = f"{len(drafts)} calls that needed far more than is predicted"
            return Plant(f"{far_more} ({', '.join(missed)} missed)", changed)
    raise NotPlantable("no threshold is met that new calls could make it miss")


def _corrected(state: Fileset, rng: Random) -> Plant | None:
    one = rng.choice(eligible(state))
    old = one.fields["actual_output_tokens"]
    new = max(1, old * rng.choice((97, 98, 99, 101, 102, 103)) // 100)
    if new == old:
        return None
    what = f"{one.id[:8]} corrected from {old} to {new} tokens"
    return Plant(what, added([correction(one, **needing(new))]))


def _retired(state: Fileset, rng: Random) -> Plant:
    known = eligible(state)
    one = rng.choice(known)
    return Plant(f"{one.id[:8]} retired, with a reason", retired(state, [one]))


def _unchanged_but_missed(state: Fileset, rng: Random) -> Plant:
    """The bad news is accepted; then a page of documentation is added."""
    accepted = _bad_news(state, rng).changed
    page = PAGE(state, rng)
    report = {"headline": _no_worse(state.after(accepted)), "metrics.known": None}
    what = f"{page.what}, while the registry misses thresholds"
    return Plant(what, page.changed, past=({}, accepted), report=report)


def _tightened_beyond(state: Fileset, rng: Random) -> Plant:
    """A threshold that the registry meets by a figure of its own is set below that figure."""
    found = Opinion(state, state).figures(state, added=False)
    if found is None:
        raise NotPlantable("no figure is measurable")
    word, figure = rng.choice((("smape", found.smape), ("waste-p90", found.p90)))
    limit = LIMITS[word]
    old = limit.at(state)
    new = limit.rounded(min(old, figure) * rng.randint(50, 95) / 100)
    changed = limit.set(state, new)
    report = {
        "headline": _no_worse(state.after(changed)),
        "notes": re.compile("limits that this change"),
    }
    what = f"{limit.step(old, new)}, where it is {float(figure):.1f}"
    return Plant(what, changed, report=report)


def _hard_calls(state: Fileset, rng: Random) -> Plant:
    plant = _bad_news(state, rng)
    opinion = Opinion(state, state.after(plant.changed))
    report: dict[str, object] = {"headline": _no_worse(opinion.head)}
    for side, with_added in (("known", False), ("base", True), ("head", True)):
        found = opinion.figures(state, added=with_added)
        if found is None:
            raise NotPlantable("no figure is measurable")
        figures = (found.smape, found.missed, found.median, found.p90)
        for rule, figure in zip(METRIC_RULES, figures, strict=True):
            report[f"rules.{rule}.{side}"] = float(figure)
    return Plant(plant.what, plant.changed, report=report)


def _no_worse(state: Fileset) -> str:
    """The headline of a registry that misses thresholds and changes nothing."""
    found = Opinion(state, state).figures(state, added=False)
    limits = state.document(GATES)["rules"]
    *first, last = [rule for rule in METRIC_RULES if says(rule, found, limits) != "pass"]
    missed = f"{', '.join(first)} and {last}" if first else last
    return f"NO WORSE – the registry misses {missed}"


def honest(count: int, real: Sequence[CountedCall] | None) -> Planting:
    """Import so many honest calls, drawn from ``real`` ones or from those that are stored."""

    def planting(state: Fileset, rng: Random) -> Plant:
        among = scored(state) if real is None else real
        changed = honest_import(among, rng, count, once=real is not None)
        return Plant(f"{count} honest calls", changed)

    return planting


def _import(fewest: int, most: int) -> Planting:
    def attempt(state: Fileset, rng: Random) -> Plant:
        count = rng.randint(fewest, most)
        changed = honest_import(scored(state), rng, count)
        return Plant(f"about {count} calls like those that are stored", changed)

    nothing = "any calls like these make a figure much better"
    return until(attempt, flatters_nothing, nothing=nothing)


def _flattering_nothing(attempt: Attempt, call: str) -> Planting:
    return until(attempt, flatters_nothing, nothing=f"{call} without flattering a figure")


# fmt: off
HARMLESS: Final = (
    passes("good-sample", "one more call that is predicted well",
        _flattering_nothing(_good_sample, "no good call can come in")),
    passes("bad-news", "calls that show that today's coefficients miss a threshold", _bad_news),
    passes("corrected-sample", "one call corrected by a few percent",
        _flattering_nothing(_corrected, "no call can be corrected")),
    passes("retired-with-reason", "one call taken out of scoring, with a reason",
        _flattering_nothing(_retired, "no call can be retired")),
    passes("unchanged-but-missed", "a page while limits are missed; it is no PASS",
        _unchanged_but_missed),
    passes("tightened-beyond", "a limit that the registry will miss; it is no PASS",
        _tightened_beyond),
    passes("hard-calls-told", "calls that miss limits, told apart from values", _hard_calls),
    passes("honest-import-small", "3 to 10 calls like those that are stored", _import(3, 10)),
    passes("honest-import-large", "30 to 80 calls like those that are stored", _import(30, 80)),
)
# fmt: on
