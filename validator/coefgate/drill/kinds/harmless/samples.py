"""Calls that are stored as they were made."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from coefgate.drill.fileset import GATES, RETIRED, Fileset
from coefgate.drill.kinds.calls import added, correction, eligible, new_call, of_one_origin
from coefgate.drill.kinds.drawing import DRAWS, up
from coefgate.drill.kinds.parts import with_retirement
from coefgate.drill.oracle.figures import METRIC_RULES, says
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Kind, NotPlantable, Plant, harmless


def _good_sample(state: Fileset, rng: Random) -> Plant:
    for _ in range(DRAWS):
        like = rng.choice(eligible(state))
        needed = predicted(state, like.fields) * rng.randint(70, 99) // 100
        changed = added([new_call(like, rng.randint(1, 9999), needed)])
        if not Opinion(state, state.after(changed)).may_flatter:
            file = next(iter(changed))
            return Plant(file, f"one call that needed {needed} tokens", changed)
    raise NotPlantable("one good call alone makes a figure much better")


def bad_news(state: Fileset, rng: Random) -> Plant:
    """Calls that today's coefficients miss, until a threshold that was met is missed; it is let through."""
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
        judgement = Opinion(state, state.after(changed))
        figures = judgement.figures(state, added=True)
        missed = [rule for rule in met if says(rule, figures, limits) != "pass"]
        if judgement.may_flatter:
            drafts.pop()
        elif missed and len(drafts) >= wanted:
            what = f"{len(drafts)} calls that needed far more than is predicted ({', '.join(missed)} missed)"
            return Plant(next(iter(changed)), what, changed)
    raise NotPlantable("no threshold is met that new calls could make it miss")


def _corrected(state: Fileset, rng: Random) -> Plant:
    for _ in range(DRAWS):
        one = rng.choice(eligible(state))
        old = one.fields["actual_output_tokens"]
        new = max(1, old * rng.choice((97, 98, 99, 101, 102, 103)) // 100)
        changed = added([correction(one, actual_output_tokens=new, max_output_tokens=None)])
        if new != old and not Opinion(state, state.after(changed)).may_flatter:
            return Plant(
                next(iter(changed)), f"{one.id[:8]} corrected from {old} to {new} tokens", changed
            )
    raise NotPlantable("no call can be corrected without flattering a figure")


def _retired(state: Fileset, rng: Random) -> Plant:
    known = eligible(state)
    for one in rng.sample(known, len(known)):
        changed = {RETIRED: with_retirement(state, [one])}
        if len(known) > 1 and not Opinion(state, state.after(changed)).may_flatter:
            return Plant(RETIRED, f"{one.id[:8]} retired, with a reason", changed)
    raise NotPlantable("no call can be retired without flattering a figure")


KINDS: Final[tuple[Kind, ...]] = (
    harmless("good-sample", "one more call that is predicted well", _good_sample),
    harmless("bad-news", "calls that show that today's coefficients miss a threshold", bad_news),
    harmless("corrected-sample", "one call corrected by a few percent", _corrected),
    harmless("retired-with-reason", "one call taken out of scoring, with a reason", _retired),
)
