"""Calls that only the fallback can serve, which a report has to say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.lines import added, eligible, new_call
from coefgate.drill.kinds.verbs import flatters_nothing, one_of, until
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.prediction import predicted, predictor_of
from coefgate.drill.plant import Plant, Planting, passes

_NO_CALL: Final = "no eligible call has deliverables"
_Labels = Callable[[Fileset, Random], tuple[dict[str, Any], dict[str, object]]]
"""Labels of new calls, and why the report says that the fallback serves them."""


def _foreign_model(_state: Fileset, rng: Random) -> tuple[dict[str, Any], dict[str, object]]:
    model = f"drill-model-{rng.randint(1, 9999)}"
    return {"model": model}, {"reason": "model", "value": model}


def _typo(state: Fileset, rng: Random) -> tuple[dict[str, Any], dict[str, object]]:
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
    name, typo = one_of(rng, found, "no category has a name that could be misspelt")
    return {"category": typo}, {"reason": "category", "value": typo, "closest": name}


def _calls_with(labels_of: _Labels) -> Planting:
    """Some new calls with such labels, of which the report says why they use the fallback."""

    def attempt(state: Fileset, rng: Random) -> Plant:
        labels, reason = labels_of(state, rng)
        # The fallback serves no call without deliverables.
        whole = [one for one in eligible(state) if one.fields["deliverables"]]
        likes = [one_of(rng, whole, _NO_CALL) for _ in range(rng.randint(2, 6))]
        labels |= {"origin": likes[0].fields["origin"]}
        drafts, least = [], rng.choice((20, 40, 60, 80, 101, 120))
        for number, like in enumerate(likes):
            draft = {**new_call(like, number, 1), **labels}
            share = rng.randint(least, least + 19)
            draft["actual_output_tokens"] = max(1, predicted(state, draft) * share // 100)
            drafts.append(draft)
        changed = added(drafts)
        head, facts = state.after(changed), {**reason, "calls": len(drafts)}
        fallen = sum(predictor_of(head).falls_back(one.stored.fields) for one in scored(head))
        value = reason["value"]
        report = {f"fallback.reasons.{value}.{key}": fact for key, fact in facts.items()}
        report |= {"fallback.calls": fallen, "fallback.of": len(scored(head))}
        return Plant(
            f"{len(drafts)} calls of the {reason['reason']} {value}", changed, report=report
        )

    nothing = "calls that the fallback serves make a figure much better"
    return until(attempt, flatters_nothing, nothing=nothing)


# fmt: off
HARMLESS: Final = (
    passes("foreign-model-told", "calls of a model outside applies_to, which the report counts",
        _calls_with(_foreign_model)),
    passes("label-typo-told", "calls with a misspelt category, which the report counts",
        _calls_with(_typo)),
)
# fmt: on
