"""Claims that nothing stands behind: samples, pages, intervals, times."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from coefgate.drill.fileset import MARGINS, FileChanges, Fileset
from coefgate.drill.kinds.calls import added, eligible, new_call
from coefgate.drill.kinds.drawing import one_of
from coefgate.drill.kinds.parts import way_back
from coefgate.drill.numbers import Number, numbers
from coefgate.drill.oracle.evidence import scored
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Kind, Plant, regression
from coefgate.drill.yaml_text import dumped, value_at

_RULE: Final = frozenset(("fit-claims",))


def _basis(state: Fileset, number: Number) -> tuple[Any, dict[str, Any]]:
    """The document of a number, to be changed, and the basis in it."""
    document = state.draft(number.file)
    basis: dict[str, Any] = value_at(document, number.place[:-1])["basis"]
    return document, basis


def _overclaimed(state: Fileset, rng: Random) -> Plant:
    """More samples than calls are scored at all."""
    number = rng.choice(numbers(state))
    document, basis = _basis(state, number)
    old = basis.get("samples", 0)
    basis |= {"kind": "fit", "samples": len(scored(state)) + rng.randint(1, 90_000)}
    what = f"{number.name}: basis of {old} samples → {basis['samples']}"
    return Plant(number.file, what, {number.file: dumped(document)}, _RULE)


def _restored(state: Fileset, rng: Random) -> Plant:
    """A number comes back to what the target branch once had, and says more of itself than it did then."""
    found, past = way_back(state, rng)
    document, basis = _basis(state.after(found.changed), found.number)
    basis |= {"kind": "fit", "samples": len(scored(state)) + rng.randint(1, 90_000)}
    what = f"{found.what}, as it was once, and basis → {basis['samples']} samples"
    changed: FileChanges = {**found.changed, found.number.file: dumped(document)}
    return Plant(found.number.file, what, changed, _RULE, past)


def _dead(state: Fileset, rng: Random) -> Plant:
    number = rng.choice(numbers(state))
    document, basis = _basis(state, number)
    basis["reference"] = rng.choice(("", "docs/", "../")) + f"drill-{rng.randint(1, 9999)}.md#how"
    what = f"{number.name}: reference → {basis['reference']}"
    return Plant(number.file, what, {number.file: dumped(document)}, _RULE)


def _interval(state: Fileset, what: str, **new: Any) -> Plant:
    document = state.draft(MARGINS)
    document["interval"] |= new
    return Plant(MARGINS, what, {MARGINS: dumped(document)}, _RULE)


def _coverage(state: Fileset, rng: Random) -> Plant:
    old = state.document(MARGINS)["interval"]["coverage"]
    new = one_of(rng, [share / 100 for share in range(50, 100) if share / 100 != old], "")
    return _interval(state, f"interval.coverage {old} → {new}", coverage=new)


def _narrowed(state: Fileset, rng: Random) -> Plant:
    end = rng.choice(("below", "above"))
    old = state.document(MARGINS)["interval"][end]
    new = round(old * rng.randint(10, 90) / 100, 3)
    if new == old:
        new = old / 2
    return _interval(state, f"interval.{end} {old} → {new}", **{end: new})


def _from_2099(state: Fileset, rng: Random) -> Plant:
    like = rng.choice(eligible(state))
    call = new_call(like, rng.randint(1, 999), predicted(state, like.fields))
    call["observed_at"] = f"2099-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T12:00:00+00:00"
    changed: FileChanges = added([call])
    return Plant(next(iter(changed)), f"a call of {call['observed_at']}", changed, _RULE)


KINDS: Final[tuple[Kind, ...]] = (
    regression(
        "samples-overclaimed", "a number that claims more samples than are scored", _overclaimed
    ),
    regression(
        "restore-overclaimed", "a restore that claims more samples than are scored", _restored
    ),
    regression("reference-dead", "a reference to a page that is not there", _dead),
    regression(
        "coverage-claimed", "a stated coverage of the interval, which nobody measured", _coverage
    ),
    regression("interval-narrowed", "a narrower interval, which nobody measured", _narrowed),
    regression("call-from-2099", "a call that was made after it was stored", _from_2099),
)
