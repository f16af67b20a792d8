"""Coefficients with other numbers, worse or better; and what is claimed of them, true or not."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import Fileset, dumped
from coefgate.drill.kinds import opinions, verbs
from coefgate.drill.kinds.lines import added, eligible, new_call
from coefgate.drill.kinds.opinions import is_worse
from coefgate.drill.kinds.verbs import draw, drawn, far, is_coefficient, shown_by_calls
from coefgate.drill.numbers import Number, in_range, numbers, rises, with_value, with_values
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted, predictor_of
from coefgate.drill.plant import Plant, one_of, passes, stopped, stopped_by

_WAYS: Final = (("raised", "×", verbs.up), ("lowered", "÷", verbs.down))


def _everything(state: Fileset, rng: Random, factors: verbs.Factors) -> Plant:
    factor = factors(rng)
    what = f"every overhead and marginal cost × {float(factor):.2f}"
    return Plant(what, verbs.scaled(state, factor), at="coefficients/")


def _hidden(state: Fileset, rng: Random) -> Plant:
    bad = verbs.loss(state, rng, among=is_coefficient)
    files, moved = dict(bad.changed), 0
    others = [number for number in numbers(state) if number.name != bad.number.name]
    for number in rng.sample(others, min(4, len(others))):
        value = number.times(verbs.near(rng))
        if in_range(number, value) and not number.key.is_factor:
            tried = files | with_value(state.after(files), number, value)
            if rises(state.after(tried)):
                files, moved = tried, moved + 1
    opinion = Opinion(state, state.after(files))
    if not opinion.measured:
        return bad.plant
    return Plant(f"{bad.what}, among {moved} other numbers", files, opinion.broken)


def _stale(state: Fileset, rng: Random) -> Plant:
    found = draw(state, rng, far, opinions.swings, among=is_coefficient)
    other = found.number.value + rng.randint(1, 50)
    values = {found.number: found.value, **dict(found.pushed)}
    changed = with_values(state, values, {found.number: other})
    what = f"{found.what}, with the acknowledgement of a step from {other}"
    return Plant(what, changed, found.opinion.broken)


def _is_better(opinion: Opinion) -> bool:
    before, after = (opinion.figures(side, added=False) for side in (opinion.base, opinion.head))
    return bool(before and after and after.smape < before.smape) and opinions.harmless(opinion)


def basis_of(state: Fileset, number: Number) -> dict[str, Any]:
    """What a number says that it rests on; not to be changed."""
    basis: dict[str, Any] = number.entry_in(state.document(number.file))["basis"]
    return basis


def with_basis(state: Fileset, number: Number, basis: Mapping[str, Any]) -> dict[str, bytes]:
    """The file of a number with another basis."""
    document = state.draft(number.file)
    number.entry_in(document)["basis"] = basis
    return {number.file: dumped(document)}


def _uses(state: Fileset) -> list[frozenset[str]]:
    """The names of the numbers that each eligible call uses."""
    return [predictor_of(state).of_stored(one)[1] for one in eligible(state)]


def _claimed(state: Fileset, rng: Random) -> Plant:
    used = frozenset().union(*_uses(state))
    candidates = [
        number
        for number in filter(is_coefficient, numbers(state))
        if number.name not in used and basis_of(state, number)["kind"] == "prior"
    ]
    number = one_of(rng, candidates, "every number without samples is used by a stored call")
    samples, reference = rng.randint(1, 99), basis_of(state, number)["reference"]
    changed = with_basis(state, number, _fit(samples) | {"reference": reference})
    what = f"{number.name}: basis prior → fit of {samples} samples"
    # Where a procedure answers for what says ``fit``, a claim of samples is all there is to ask.
    rule = "fit-claims" if state.has_procedure else "unmeasured"
    return Plant(what, changed, frozenset((rule,)))


def _fit(samples: int) -> dict[str, Any]:
    return {"kind": "fit", "samples": samples}


def _too_many(state: Fileset, rng: Random) -> dict[str, Any]:
    """A fit of more samples than calls are scored at all."""
    return _fit(len(scored(state)) + rng.randint(1, 90_000))


def _overclaimed(state: Fileset, rng: Random) -> Plant:
    number = rng.choice(numbers(state))
    basis, claimed = basis_of(state, number), _too_many(state, rng)
    what = f"{number.name}: basis of {basis.get('samples', 0)} samples → {claimed['samples']}"
    return Plant(what, with_basis(state, number, basis | claimed))


def _restore_overclaimed(state: Fileset, rng: Random) -> Plant:
    """A number comes back to what it once was, and says more of itself than it did then."""
    found = verbs.loss(state, rng)
    once, claimed = state.after(found.changed), _too_many(state, rng)
    changed = with_basis(once, found.number, basis_of(once, found.number) | claimed)
    what = f"{found.what}, as it was once, and basis → {claimed['samples']} samples"
    return Plant(what, changed, past=(found.changed, state.only(found.changed)))


def _dead_reference(state: Fileset, rng: Random) -> Plant:
    number = rng.choice(numbers(state))
    page = rng.choice(("", "docs/", "../")) + f"drill-{rng.randint(1, 9999)}.md#how"
    changed = with_basis(state, number, basis_of(state, number) | {"reference": page})
    return Plant(f"{number.name}: reference → {page}", changed)


def _from_2099(state: Fileset, rng: Random) -> Plant:
    like = rng.choice(eligible(state))
    call = new_call(like, rng.randint(1, 999), predicted(state, like.fields))
    call["observed_at"] = f"2099-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T12:00:00+00:00"
    return Plant(f"a call of {call['observed_at']}", added([call]))


def _right(state: Fileset, rng: Random) -> Plant:
    uses = _uses(state)
    candidates = [
        (number, fit, most)
        for number in filter(is_coefficient, numbers(state))
        for most in (sum(number.name in used for used in uses),)
        for fit in (basis_of(state, number) | _fit(count) for count in range(1, most + 1))
        if fit != basis_of(state, number)
    ]
    number, fit, most = one_of(rng, candidates, "no number is used by a stored call")
    what = f"{number.name}: basis → fit of {fit['samples']} samples, of {most}"
    return Plant(what, with_basis(state, number, fit))


_unused: Final = partial(
    drawn,
    among=is_coefficient,
    nothing="every number of this registry is used by a stored call",
)

# fmt: off
REGRESSIONS: Final = (
    *(
        stopped(f"{name}-{way}", f"{about} {sign} 1.3 to 5",
            shown_by_calls(drawn(factors, is_worse, among)))
        for name, about, among in (
            ("overhead", "an overhead", verbs.is_overhead),
            ("marginal", "a marginal cost", verbs.is_marginal),
        )
        for way, sign, factors in _WAYS
    ),
    stopped("swing-acknowledged", "a harmful step of 2× or more, acknowledged",
        shown_by_calls(drawn(far, lambda its: is_worse(its) and opinions.swings(its),
            is_coefficient, acknowledged=True))),
    *(
        stopped(f"all-{way}", f"every coefficient {sign} 1.3 to 5",
            shown_by_calls(verbs.until(partial(_everything, factors=factors), is_worse)))
        for way, sign, factors in _WAYS
    ),
    stopped("hidden", "one worse coefficient among several harmless ones",
        _hidden),
    stopped("fallback-changed", "the fallback's overhead × or ÷ 2 to 5",
        drawn(far, opinions.swings, verbs.of("fallback"),
            nothing="the fallback's overhead is 0, or too large to be multiplied")),
    stopped("no-deliverables-changed", "a prediction without deliverables raised",
        drawn(verbs.percent(105, 400), opinions.breaks_a_rule, verbs.of("no_deliverables"))),
    stopped("unused-changed", "a coefficient that no stored call uses × 1.5",
        _unused(lambda _: Fraction(3, 2), opinions.breaks("unmeasured"))),
    stopped("samples-claimed", "a number that no stored call uses said to be based on some",
        _claimed),
    stopped("unused-swung", "a coefficient that no stored call uses × or ÷ 2 to 5",
        _unused(far, opinions.breaks("unmeasured", "swing"))),
    stopped("stale-acknowledgement", "a step of 2× or more with the acknowledgement of another",
        _stale),
)
CLAIMED: Final = stopped_by("fit-claims",
    ("samples-overclaimed", "a number that claims more samples than are scored", _overclaimed),
    ("restore-overclaimed", "a restore that claims more samples than are scored",
        _restore_overclaimed),
    ("reference-dead", "a reference to a page that is not there", _dead_reference),
    ("call-from-2099", "a call that was made after it was stored", _from_2099),
)
HARMLESS: Final = (
    passes("better-coefficient", "a number that makes figures better and harms nothing",
        verbs.without_procedure(shown_by_calls(drawn(verbs.near, _is_better,
            nothing="no single number can be made better without harm")))),
    passes("no-harm", "a number that moves a little and harms nothing", verbs.small_change),
    passes("acknowledged-swing", "an acknowledged step of 2× or more that hurts no call",
        drawn(far, lambda its: opinions.swings(its) and its.decided and not is_worse(its),
            nothing="every step of 2× or more hurts stored calls", acknowledged=True)),
)
CLAIMED_RIGHT: Final = (
    passes("samples-claimed-right", "a number said to be based on calls that use it", _right),
)
# fmt: on
