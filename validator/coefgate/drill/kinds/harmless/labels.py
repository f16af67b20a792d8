"""Calls that only the fallback can serve, which a report has to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.calls import added, eligible, new_call
from coefgate.drill.kinds.drawing import DRAWS
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted, predictor_of
from coefgate.drill.plant import Kind, NotPlantable, Plant, harmless


def _foreign_model(state: Fileset, rng: Random) -> Plant:
    model = f"drill-model-{rng.randint(1, 9999)}"
    return _stored(state, rng, {"model": model}, {"reason": "model", "value": model})


def _typo(state: Fileset, rng: Random) -> Plant:
    """A label without one of its letters, which can come from one declared name only."""
    names = state.canonical
    typos = {
        name: {name[:at] + name[at + 1 :] for at in range(len(name))} for name in sorted(names)
    }
    meant = Counter(typo for several in typos.values() for typo in several)
    found = [
        (name, typo)
        for name, several in typos.items()
        for typo in sorted(several)
        if len(typo) > 3 and typo not in names and meant[typo] == 1
    ]
    if not found:
        raise NotPlantable("no category has a name that could be misspelt")
    name, typo = rng.choice(found)
    told = {"reason": "category", "value": typo, "closest": name}
    return _stored(state, rng, {"category": typo}, told)


def _stored(
    state: Fileset, rng: Random, fields: Mapping[str, Any], told: Mapping[str, object]
) -> Plant:
    """Some new calls with these labels, of which the report says why they use the fallback."""
    # The fallback serves no call without deliverables.
    known = [one for one in eligible(state) if one.fields["deliverables"]]
    for _ in range(DRAWS if known else 0):
        likes = [rng.choice(known) for _ in range(rng.randint(2, 6))]
        origin = likes[0].fields["origin"]
        drafts, least = [], rng.choice((20, 40, 60, 80, 101, 120))
        for number, like in enumerate(likes):
            draft = {**new_call(like, number, 1), **fields, "origin": origin}
            draft["actual_output_tokens"] = max(
                1, predicted(state, draft) * rng.randint(least, least + 19) // 100
            )
            drafts.append(draft)
        changed = added(drafts)
        head = state.after(changed)
        if Opinion(state, head).may_flatter:
            continue
        predictor = predictor_of(head)
        fallen = sum(predictor.falls_back(call.stored.fields) for call in scored(head))
        value = told["value"]
        expected = {f"fallback.reasons.{value}.{key}": found for key, found in told.items()}
        expected |= {f"fallback.reasons.{value}.calls": len(drafts), "fallback.calls": fallen}
        expected |= {"fallback.of": len(scored(head))}
        what = f"{len(drafts)} calls of the {told['reason']} {value}"
        return Plant(next(iter(changed)), what, changed, told=expected)
    raise NotPlantable("calls that the fallback serves make a figure much better")


KINDS: Final[tuple[Kind, ...]] = (
    harmless(
        "foreign-model-told",
        "calls of a model outside applies_to, which the report counts",
        _foreign_model,
    ),
    harmless("label-typo-told", "calls with a misspelt category, which the report counts", _typo),
)
