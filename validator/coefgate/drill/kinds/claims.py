"""Claims that nothing stands behind: samples, pages, intervals, times; and one that holds."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from coefgate.drill.fileset import MARGINS, Fileset
from coefgate.drill.kinds.draws import is_coefficient, worse_once
from coefgate.drill.kinds.lines import added, eligible, new_call
from coefgate.drill.numbers import Number, numbers
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.prediction import predicted, predictor_of
from coefgate.drill.plant import Plant, one_of, passes, stopped_by
from coefgate.drill.yaml_text import dumped, value_at


def basis_of(state: Fileset, number: Number) -> tuple[Any, dict[str, Any]]:
    """The document of a number, to be changed, and the basis in it."""
    document = state.draft(number.file)
    return document, value_at(document, number.key.entry)["basis"]


def _too_many(state: Fileset, rng: Random) -> dict[str, Any]:
    """A fit of more samples than calls are scored at all."""
    return {"kind": "fit", "samples": len(scored(state)) + rng.randint(1, 90_000)}


def _overclaimed(state: Fileset, rng: Random) -> Plant:
    number = rng.choice(numbers(state))
    document, basis = basis_of(state, number)
    old = basis.get("samples", 0)
    basis |= _too_many(state, rng)
    what = f"{number.name}: basis of {old} samples → {basis['samples']}"
    return Plant(what, {number.file: dumped(document)})


def _restore_overclaimed(state: Fileset, rng: Random) -> Plant:
    """A number comes back to what it once was, and says more of itself than it did then."""
    found, back = worse_once(state, rng)
    document, basis = basis_of(state.after(found.changed), found.number)
    basis |= _too_many(state, rng)
    what = f"{found.what}, as it was once, and basis → {basis['samples']} samples"
    return Plant(what, {found.number.file: dumped(document)}, past=(found.changed, back))


def _dead_reference(state: Fileset, rng: Random) -> Plant:
    number = rng.choice(numbers(state))
    document, basis = basis_of(state, number)
    basis["reference"] = rng.choice(("", "docs/", "../")) + f"drill-{rng.randint(1, 9999)}.md#how"
    what = f"{number.name}: reference → {basis['reference']}"
    return Plant(what, {number.file: dumped(document)})


def _interval(state: Fileset, key: str, new: float) -> Plant:
    document = state.draft(MARGINS)
    old, document["interval"][key] = document["interval"][key], new
    return Plant(f"interval.{key} {old} → {new}", {MARGINS: dumped(document)})


def _coverage(state: Fileset, rng: Random) -> Plant:
    old = state.document(MARGINS)["interval"]["coverage"]
    others = [share / 100 for share in range(50, 100) if share / 100 != old]
    return _interval(state, "coverage", rng.choice(others))


def _narrowed(state: Fileset, rng: Random) -> Plant:
    end = rng.choice(("below", "above"))
    old = state.document(MARGINS)["interval"][end]
    new = round(old * rng.randint(10, 90) / 100, 3)
    return _interval(state, end, old / 2 if new == old else new)


def _from_2099(state: Fileset, rng: Random) -> Plant:
    like = rng.choice(eligible(state))
    call = new_call(like, rng.randint(1, 999), predicted(state, like.fields))
    call["observed_at"] = f"2099-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T12:00:00+00:00"
    return Plant(f"a call of {call['observed_at']}", added([call]))


def _right(state: Fileset, rng: Random) -> Plant:
    """A number is said to rest on the eligible calls that use it, or on some of them."""
    predictor = predictor_of(state)
    uses = [predictor.predict(one.fields)[1] for one in eligible(state)]
    counts = {number.name: sum(number.name in used for used in uses) for number in numbers(state)}
    candidates = [
        (number, count)
        for number in filter(is_coefficient, numbers(state))
        for basis in (basis_of(state, number)[1],)
        for count in range(1, counts[number.name] + 1)
        if (basis["kind"], basis.get("samples")) != ("fit", count)
    ]
    number, count = one_of(rng, candidates, "no number is used by a stored call")
    document, basis = basis_of(state, number)
    basis |= {"kind": "fit", "samples": count}
    what = f"{number.name}: basis → fit of {count} samples, of {counts[number.name]}"
    return Plant(what, {number.file: dumped(document)})


# fmt: off
REGRESSIONS: Final = stopped_by("fit-claims",
    ("samples-overclaimed", "a number that claims more samples than are scored", _overclaimed),
    ("restore-overclaimed", "a restore that claims more samples than are scored",
        _restore_overclaimed),
    ("reference-dead", "a reference to a page that is not there", _dead_reference),
    ("coverage-claimed", "a stated coverage of the interval, which nobody measured", _coverage),
    ("interval-narrowed", "a narrower interval, which nobody measured", _narrowed),
    ("call-from-2099", "a call that was made after it was stored", _from_2099),
)
HARMLESS: Final = (
    passes("samples-claimed-right", "a number said to rest on calls that use it", _right),
)
# fmt: on
