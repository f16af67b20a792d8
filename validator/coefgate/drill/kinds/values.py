"""Coefficients with other numbers: worse ones, better ones, and some that nobody can measure."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from random import Random
from typing import Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds import draws, verbs
from coefgate.drill.kinds.claims import basis_of
from coefgate.drill.kinds.draws import far, is_coefficient, near, worse
from coefgate.drill.kinds.lines import eligible
from coefgate.drill.kinds.verbs import breaks, is_worse, shown_by_calls, swings, until
from coefgate.drill.numbers import in_range, numbers, rises, with_value, written
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predictor_of
from coefgate.drill.plant import Plant, one_of, passes, stopped
from coefgate.drill.yaml_text import dumped, value_at

_WAYS: Final = (("raised", "×", draws.up), ("lowered", "÷", draws.down))


def _swing(state: Fileset, rng: Random) -> Plant:
    eligible(state)

    def hurts(opinion: Opinion) -> bool:
        return is_worse(opinion) and swings(opinion)

    return draws.draw(state, rng, far, hurts, among=is_coefficient).acknowledged(state)


def _harmless_swing(state: Fileset, rng: Random) -> Plant:
    def hurts_nobody(opinion: Opinion) -> bool:
        return swings(opinion) and not is_worse(opinion)

    nothing = "every step of 2× or more hurts stored calls"
    return draws.draw(state, rng, far, hurts_nobody, nothing=nothing).acknowledged(state)


def _everything(state: Fileset, rng: Random, factors: draws.Factors) -> Plant:
    factor = factors(rng)
    what = f"every overhead and marginal cost × {float(factor):.2f}"
    return Plant(what, draws.scaled(state, factor), at="coefficients/")


def _hidden(state: Fileset, rng: Random) -> Plant:
    eligible(state)
    bad = draws.draw(state, rng, draws.up_or_down(rng), is_worse, among=is_coefficient)
    files, moved = dict(bad.changed), 0
    others = [number for number in numbers(state) if number.name != bad.number.name]
    for number in rng.sample(others, min(4, len(others))):
        value = number.times(near(rng))
        if in_range(number, value) and not number.key.is_factor:
            tried = files | with_value(state.after(files), number, value)
            if rises(state.after(tried)):
                files, moved = tried, moved + 1
    opinion = Opinion(state, state.after(files))
    if not opinion.measured:
        return bad.plant
    return Plant(f"{bad.what}, among {moved} other numbers", files, opinion.broken)


def _stale(state: Fileset, rng: Random) -> Plant:
    found = draws.draw(state, rng, far, swings, among=is_coefficient)
    other = written(found.number.value + rng.randint(1, 50))
    answer = draws.acknowledgement(other, written(found.value))
    here = state.after(found.changed)
    changed = found.changed | with_value(here, found.number, found.value, acknowledge=answer)
    what = f"{found.what}, with the acknowledgement of a step from {other}"
    return Plant(what, changed, found.opinion.broken)


def _claimed(state: Fileset, rng: Random) -> Plant:
    used = frozenset().union(
        *(predictor_of(state).predict(one.fields)[1] for one in eligible(state))
    )
    candidates = [
        number
        for number in filter(is_coefficient, numbers(state))
        if number.name not in used and basis_of(state, number)[1]["kind"] == "prior"
    ]
    nothing = "every number without samples is used by a stored call"
    number = one_of(rng, candidates, nothing)
    document, basis = basis_of(state, number)
    claimed = {"kind": "fit", "samples": rng.randint(1, 99), "reference": basis["reference"]}
    value_at(document, number.key.entry)["basis"] = claimed
    what = f"{number.name}: basis prior → fit of {claimed['samples']} samples"
    return Plant(what, {number.file: dumped(document)})


def _better(state: Fileset, rng: Random) -> Plant:
    eligible(state)
    before = Opinion(state, state).figures(state, added=False)

    def is_better(opinion: Opinion) -> bool:
        after = opinion.figures(opinion.head, added=False)
        return bool(before and after and after.smape < before.smape) and verbs.harmless(opinion)

    nothing = "no single number can be made better without harm"
    return draws.draw(state, rng, near, is_better, nothing=nothing).plant


_unused: Final = partial(
    draws.drawn,
    among=is_coefficient,
    nothing="every number of this registry is used by a stored call",
)

# fmt: off
REGRESSIONS: Final = (
    *(
        stopped(f"{name}-{way}", f"{about} {sign} 1.3 to 5", worse(factors, among))
        for name, about, among in (
            ("overhead", "an overhead", draws.is_overhead),
            ("marginal", "a marginal cost", draws.is_marginal),
        )
        for way, sign, factors in _WAYS
    ),
    stopped("swing-acknowledged", "a harmful step of 2× or more, acknowledged", _swing),
    *(
        stopped(f"all-{way}", f"every coefficient {sign} 1.3 to 5",
            shown_by_calls(until(partial(_everything, factors=factors), is_worse)))
        for way, sign, factors in _WAYS
    ),
    stopped("hidden", "one worse coefficient among several harmless ones", _hidden),
    stopped("fallback-changed", "the fallback's overhead × or ÷ 2 to 5",
        draws.drawn(far, swings, draws.of("fallback"),
            nothing="the fallback's overhead is 0, or too large to be multiplied")),
    stopped("no-deliverables-changed", "a prediction without deliverables raised",
        draws.drawn(draws.percent(105, 400), verbs.breaks_a_rule, draws.of("no_deliverables"))),
    stopped("unused-changed", "a coefficient that no stored call uses × 1.5",
        _unused(lambda _: Fraction(3, 2), breaks("unmeasured"))),
    stopped("samples-claimed", "a number that no stored call uses said to rest on some", _claimed,
        by="unmeasured"),
    stopped("unused-swung", "a coefficient that no stored call uses × or ÷ 2 to 5",
        _unused(far, breaks("unmeasured", "swing"))),
    stopped("stale-acknowledgement", "a step of 2× or more with the acknowledgement of another",
        _stale),
)
HARMLESS: Final = (
    passes("better-coefficient", "a number that makes figures better and harms nothing", _better),
    passes("no-harm", "a number that moves a little and harms nothing", draws.small_change),
    passes("acknowledged-swing", "an acknowledged step of 2× or more that hurts no call",
        _harmless_swing),
)
# fmt: on
