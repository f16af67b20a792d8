"""The numbers that a registry starts from which knows nothing of the calls that it will see.

Why just these: docs/decisions/0073-a-neutral-prior.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, floor
from statistics import median
from typing import Any, Final

from coefgate.core.vocabulary import COMPLEXITIES, PRICED_OPERATIONS
from coefgate.registry.files import FOLDER
from coefgate.registry.key import RESERVED, Key
from coefgate.registry.tuning import FILE, Spread

_COVERED: Final = 0.9
"""More than this share of calls is to get what it needs."""
_USUAL: Final = 40
"""Calls that a registry comes to begin with which has none yet."""
MARGIN: Final = 2
"""About what covers nine in ten calls that scatter as widely as unseen ones did."""
_OVERHEAD: Final = 1000
"""Of the least complexity, whatever the category; tokens."""
_HARDER: Final = 500
"""What each complexity costs more than the one below."""
_FILE: Final = 300
"""Of a deliverable, whatever it is and whatever is done to it."""
_FILES: Final = 3
"""Deliverables of a call that names none."""
_SPREADS: Final[Mapping[Spread, float]] = {
    "all": 2,
    "complexity": 0.5,
    "category": 1,
    "cell": 0.3,
    "marginal": 0.5,
    "operation": 0,
    "kind": 0.5,
    "cost": 0,
    "new_kind": 0.5,
}
"""Of the scale next to nothing is known, of categories little; operations cost the same."""
_OF_MODELS: Final[Mapping[Spread, float]] = {"model": 0.5}
"""Beside these where several models are told apart."""
_MOST_MODELS: Final = 100
_WILD: Final = frozenset("*?[")


def neutral_prior(
    *,
    categories: Iterable[str],
    complexities: Sequence[str],
    kinds: Iterable[str],
    reference: str,
    models: Iterable[str] = (),
    needs: Sequence[int] = (),
) -> Mapping[str, Mapping[str, Any]]:
    """The documents of a registry's numbers as plain data, by path below its root.

    All of ``tuning.yaml`` (fitted on no file yet: ``coefgate tune --write`` names them),
    ``overhead/*.yaml``, ``marginal_costs.yaml`` and ``safety_margins.yaml``; of ``registry.yaml``
    what has numbers, ``complexities``, ``fallback`` and ``no_deliverables``. Each number says
    ``prior`` and refers to the page ``reference``. No category, operation or kind of file differs
    from another; a complexity costs more than the ones below, so ``complexities`` rise
    (``rising``). ``models``: those that calls name; where they are several, and no more than a
    registry can tell apart, ``model_factors.yaml`` gives each a factor. ``needs``: output tokens
    of the scored calls that are stored, if any: what no fit moves, the fallback and calls without
    deliverables, is then taken from them.
    """
    basis = {"kind": "prior", "reference": reference}

    def stated(tokens: int) -> dict[str, Any]:
        return {"tokens": tokens, "basis": dict(basis)}

    ladder = {one: _OVERHEAD + at * _HARDER for at, one in enumerate(complexities)}
    costs = dict.fromkeys(sorted(set(kinds)), _FILE)
    names, told_apart = sorted(set(categories)), _told_apart(models)
    typical, most = _within(needs, 0.5), _within(needs, _COVERED)
    return {
        f"{FOLDER}/registry.yaml": {
            "complexities": list(complexities),
            "fallback": {"overhead": stated(typical or max(ladder.values()))},
            "no_deliverables": {
                one: stated(most or MARGIN * (tokens + _FILES * _FILE))
                for one, tokens in ladder.items()
            },
        },
        **{
            f"{FOLDER}/{Key('overhead', (name, complexities[0])).file}": {
                "category": name,
                "overhead": {one: stated(tokens) for one, tokens in ladder.items()},
            }
            for name in names
        },
        f"{FOLDER}/marginal_costs.yaml": {
            "marginal_costs": {
                operation: {kind: stated(tokens) for kind, tokens in costs.items()}
                for operation in PRICED_OPERATIONS
            }
        },
        f"{FOLDER}/safety_margins.yaml": {"default": {"factor": MARGIN, "basis": dict(basis)}},
        **(
            {f"{FOLDER}/{Key('model').file}": _model_factors(told_apart, basis)}
            if told_apart
            else {}
        ),
        FILE: {
            "level": _level(len(needs) or _USUAL),
            "scatter": 0.5,
            "spreads": {**_SPREADS, **(_OF_MODELS if told_apart else {})},
            "cell_from": 5,
            "round_to": 10,
            "prior": {
                "reference": reference,
                "margin": MARGIN,
                "overhead": {name: dict(ladder) for name in names},
                "marginal_costs": {one: dict(costs) for one in PRICED_OPERATIONS},
            },
            "samples": [],
        },
    }


def _level(calls: int) -> float:
    """At which fewer than one in ten of so many unseen calls needs more than is predicted.

    A margin covers the share (i − ½) ÷ calls with what the i-th of them needs (Hazen's rule); at
    0.9 just one in ten of 40 would need more.
    """
    most = ceil(calls / 10) - 1
    return max(_COVERED, floor((calls - most - 0.5) / calls * 1000 + 1) / 1000)


def _told_apart(models: Iterable[str]) -> tuple[str, ...]:
    """The models that get a factor each; none where there is nothing to tell apart."""
    found = sorted({one for one in models if one not in RESERVED and not _WILD.intersection(one)})
    return tuple(found) if 1 < len(found) <= _MOST_MODELS else ()


def _model_factors(models: Iterable[str], basis: Mapping[str, str]) -> dict[str, Any]:
    factors = [{"models": [one], "factor": 1, "basis": dict(basis)} for one in models]
    return {"factors": factors, "default": {"factor": 1, "basis": dict(basis)}}


def rising(needs: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """The complexities that calls name, each with its tokens, in the order in which they rise.

    The usual ones as everybody reads them; any others by the median need of their calls.
    """
    of: dict[str, list[int]] = {}
    for complexity, tokens in needs:
        of.setdefault(complexity, []).append(tokens)
    if of.keys() <= set(COMPLEXITIES):
        return tuple(one for one in COMPLEXITIES if one in of)
    return tuple(sorted(of, key=lambda one: (median(of[one]), one)))


def _within(needs: Sequence[int], share: float) -> int:
    """Tokens that this share of the calls stays within, by nearest rank; 0 without a call."""
    return sorted(needs)[ceil(share * len(needs)) - 1] if needs else 0
