"""Calls that come in as they were made: good ones, bad news, honest imports; and what is told."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GATES, REGISTRY, Fileset, StoredLine
from coefgate.drill.kinds import lines
from coefgate.drill.kinds.calls import corrected_to, retirement
from coefgate.drill.kinds.files import PAGE
from coefgate.drill.kinds.gates import LIMITS
from coefgate.drill.kinds.lines import added, eligible, new_call
from coefgate.drill.kinds.verbs import DRAWS, Attempt, until, up
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.figures import METRIC_RULES, ExactFigures, misses
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted, predictor_of
from coefgate.drill.plant import NotPlantable, Plant, Planting, one_of, passes, some


def _good_sample(state: Fileset, rng: Random) -> Plant:
    like = rng.choice(eligible(state))
    needed = predicted(state, like.fields) * rng.randint(70, 99) // 100
    changed = added([new_call(like, rng.randint(1, 9999), needed)])
    return Plant(f"one call that needed {needed} tokens", changed)


def missed(state: Fileset) -> list[str]:
    """The metric rules that the registry misses."""
    found = Opinion(state, state).figures(state, added=False)
    return misses(found, state.document(GATES)["rules"])


def _bad_news(state: Fileset, rng: Random) -> Plant:
    """Calls that today's coefficients miss, until a threshold that was met is missed."""
    missed_before = missed(state)
    drafts: list[dict[str, Any]] = []
    likes = lines.of_one_origin(eligible(state), rng)
    wanted = rng.randint(3, 12)
    for number in range(DRAWS if len(missed_before) < len(METRIC_RULES) else 0):
        like = rng.choice(likes)
        needed = int(predicted(state, like.fields) * up(rng)) + 1
        drafts.append(new_call(like, number, min(needed, 1_000_000)))
        changed = added(drafts)
        opinion = Opinion(state, state.after(changed))
        also = [rule for rule in missed(opinion.head) if rule not in missed_before]
        if opinion.may_flatter:
            drafts.pop()
        elif also and len(drafts) >= wanted:
            far_more = f"{len(drafts)} calls that needed far more than is predicted"
            return Plant(f"{far_more} ({', '.join(also)} missed)", changed)
    raise NotPlantable("no threshold is met that new calls could make it miss")


def _corrected(state: Fileset, rng: Random) -> Plant | None:
    one = rng.choice(eligible(state))
    new = max(1, one.tokens * rng.choice((97, 98, 99, 101, 102, 103)) // 100)
    return None if new == one.tokens else corrected_to(one, new)


def _unchanged_but_missed(state: Fileset, rng: Random) -> Plant:
    accepted = _bad_news(state, rng).changed
    page = PAGE(state, rng)
    report = {"headline": _no_worse(state.after(accepted)), "metrics.known": None}
    what = f"{page.what}, while the registry misses thresholds"
    return Plant(what, page.changed, past=({}, accepted), report=report)


def _tightened_beyond(state: Fileset, rng: Random) -> Plant:
    """A threshold that the registry meets by a figure of its own is set below that figure."""
    found = _measurable(Opinion(state, state), state, added=False)
    word, figure = rng.choice((("smape", found.smape), ("waste-p90", found.p90)))
    limit = LIMITS[word]
    below = min(limit.at(state), figure) * rng.randint(50, 95) / 100
    plant = limit.to(state, limit.rounded(below))
    report = {
        "headline": _no_worse(state.after(plant.changed)),
        "notes": re.compile("limits that this change"),
    }
    return replace(plant, what=f"{plant.what}, where it is {float(figure):.1f}", report=report)


def _hard_calls(state: Fileset, rng: Random) -> Plant:
    plant = _bad_news(state, rng)
    opinion = Opinion(state, state.after(plant.changed))
    report: dict[str, object] = {"headline": _no_worse(opinion.head)}
    for side, with_added in (("known", False), ("base", True), ("head", True)):
        found = _measurable(opinion, state, added=with_added)
        figures = (found.smape, found.missed, found.median, found.p90)
        for rule, figure in zip(METRIC_RULES, figures, strict=True):
            report[f"rules.{rule}.{side}"] = float(figure)
    return Plant(plant.what, plant.changed, report=report)


def _measurable(opinion: Opinion, side: Fileset, *, added: bool) -> ExactFigures:
    found = opinion.figures(side, added=added)
    if found is None:
        raise NotPlantable("no figure is measurable")
    return found


def _no_worse(state: Fileset) -> str:
    *first, last = missed(state)
    told = f"{', '.join(first)} and {last}" if first else last
    return f"NO WORSE – the registry misses {told}"


def honest(state: Fileset, rng: Random, count: int, real: Sequence[StoredLine] | None) -> Plant:
    """Import so many honest calls, drawn from ``real`` ones or from those that are stored."""
    among = scored(state) if real is None else real
    changed = lines.honest_import(among, rng, count, once=real is not None)
    return Plant(f"{count} honest calls", changed)


def _some_honest(state: Fileset, rng: Random, fewest: int, most: int) -> Plant:
    return honest(state, rng, rng.randint(fewest, most), None)


_NewLabels = tuple[dict[str, Any], dict[str, object]]
"""Labels of new calls, and why the report says that the fallback serves them."""


def _foreign_model(state: Fileset, rng: Random) -> _NewLabels:
    model = f"drill-model-{rng.randint(1, 9999)}"
    served = any(fnmatchcase(model, glob) for glob in state.draft(REGISTRY)["applies_to"])
    some(() if served else (model,), "applies_to takes every model")
    return {"model": model}, {"reason": "model", "value": model}


def _typo(state: Fileset, rng: Random) -> _NewLabels:
    """A label without one of its letters, which can come from one declared name only."""
    names = state.canonical
    typos = [
        (name, typo)
        for name in sorted(names)
        for typo in sorted({name[:at] + name[at + 1 :] for at in range(len(name))})
    ]
    meant = Counter(typo for _, typo in typos)
    found = [
        (name, typo)
        for name, typo in typos
        if len(typo) > 3 and typo not in names and meant[typo] == 1
    ]
    name, typo = one_of(rng, found, "no category has a name that could be misspelt")
    return {"category": typo}, {"reason": "category", "value": typo, "closest": name}


def _calls_with(
    state: Fileset, rng: Random, labels_of: Callable[[Fileset, Random], _NewLabels]
) -> Plant:
    """Some new calls with such labels, of which the report says why they use the fallback."""
    labels, reason = labels_of(state, rng)
    # The fallback serves no call without deliverables.
    whole = [one for one in eligible(state) if one.fields["deliverables"]]
    some(whole, "no eligible call has deliverables")
    likes = [rng.choice(whole) for _ in range(rng.randint(2, 6))]
    labels |= {"origin": likes[0].fields["origin"]}
    drafts, least = [], rng.choice((20, 40, 60, 80, 101, 120))
    for number, like in enumerate(likes):
        draft = {**new_call(like, number, 1), **labels}
        share = rng.randint(least, least + 19)
        draft["actual_output_tokens"] = max(1, predicted(state, draft) * share // 100)
        drafts.append(draft)
    changed = added(drafts)
    head, value = state.after(changed), reason["value"]
    facts = {**reason, "calls": len(drafts)}
    report = {f"fallback.reasons.{value}.{key}": fact for key, fact in facts.items()}
    uses = [predictor_of(head).of_stored(one)[1] for one in scored(head)]
    fallen = sum("fallback.overhead" in used for used in uses)
    report |= {"fallback.calls": fallen, "fallback.of": len(scored(head))}
    return Plant(f"{len(drafts)} calls of the {reason['reason']} {value}", changed, report=report)


def _flattering_nothing(attempt: Attempt, nothing: str) -> Planting:
    return until(attempt, lambda its: not its.may_flatter, nothing=nothing)


# fmt: off
HARMLESS: Final = (
    passes("good-sample", "one more call that is predicted well",
        _flattering_nothing(_good_sample, "no good call can come in without flattering a figure")),
    passes("bad-news", "calls that show that today's coefficients miss a threshold", _bad_news),
    passes("corrected-sample", "one call corrected by a few percent",
        _flattering_nothing(_corrected, "no call can be corrected without flattering a figure")),
    passes("retired-with-reason", "one call removed from scoring, with a reason",
        _flattering_nothing(retirement, "no call can be retired without flattering a figure")),
    passes("unchanged-but-missed", "a page while limits are missed; it is no PASS",
        _unchanged_but_missed),
    passes("tightened-beyond", "a limit that the registry will miss; it is no PASS",
        _tightened_beyond),
    passes("hard-calls-told", "calls that miss limits, distinguished from values", _hard_calls),
    *(
        passes(f"honest-import-{size}", f"{few} to {most} calls like those that are stored",
            _flattering_nothing(partial(_some_honest, fewest=few, most=most),
                "any calls like these make a figure much better"))
        for size, few, most in (("small", 3, 10), ("large", 30, 80))
    ),
)
FALLEN_BACK: Final = tuple(
    passes(name, about,
        _flattering_nothing(partial(_calls_with, labels_of=labels_of),
            "calls that the fallback serves make a figure much better"))
    for name, about, labels_of in (
        ("foreign-model-told", "calls of a model outside applies_to, which the report counts",
            _foreign_model),
        ("label-typo-told", "calls with a misspelt category, which the report counts", _typo),
    )
)
# fmt: on
