"""Accepted changes that are taken back, with companions or without; withdrawn versions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Final

from coefgate.drill.fileset import YANKED, FileChanges, Fileset, dumped
from coefgate.drill.kinds import opinions, verbs
from coefgate.drill.kinds.calls import call_removed
from coefgate.drill.kinds.files import JUDGE_FILE, LENIENT
from coefgate.drill.kinds.gates import loosened_acknowledged
from coefgate.drill.kinds.names import dispensable, taken_out
from coefgate.drill.kinds.verbs import draw, is_marginal, loss, near, small_change, together
from coefgate.drill.numbers import Number, numbers
from coefgate.drill.plant import WHY, NotPlantable, Plant, one_of, passes, stopped, stopped_by


def _version(rng: Random) -> str:
    return f"9.{rng.randint(1, 10**8)}.0"


def _yank(state: Fileset, version: str, day: str = "2026-11-30") -> dict[str, bytes]:
    document = state.rows(YANKED)
    yank = {"version": version, "date": day, "reason": WHY, "replacement": None}
    document["yanked"].insert(0, yank)
    return {YANKED: dumped(document)}


def _way_back(state: Fileset, rng: Random) -> Plant:
    """The target branch once had a worse number, which comes back."""
    found = loss(state, rng)
    what = f"{found.what}, as it was before an accepted change"
    past = (found.changed, state.only(found.changed))
    # What accepted states said of their values may come back.
    return Plant(what, found.changed, found.opinion.measured - {"fit-claims"}, past)


def _back_to_absence(state: Fileset, rng: Random) -> Plant:
    """A category came in with another change, and goes alone: the branch once did without it."""
    for category in dispensable(state, rng):
        gone = taken_out(state, category)
        with suppress(NotPlantable):
            other = draw(state, rng, near, among=is_marginal)
            brought = state.only((*gone, *other.changed))
            what = "as before an accepted change that brought it with another number"
            past = ({**gone, **other.changed}, brought)
            return Plant(f"{category} → gone, {what}", gone, past=past)
    raise NotPlantable("there is only one category, or no marginal cost")


def _yank_removed(state: Fileset, rng: Random) -> Plant:
    version = _version(rng)
    changed = {YANKED: state.files.get(YANKED)}
    return Plant(f"{version} is no longer withdrawn", changed, past=(_yank(state, version),))


def _yank_altered(state: Fileset, rng: Random) -> Plant:
    version = _version(rng)
    past = _yank(state, version)
    taste = f"reason: {WHY}".encode(), b"reason: a matter of taste"
    old, new = rng.choice((taste, (b": null", b": 9.0.0")))
    changed = {YANKED: past[YANKED].replace(old, new, 1)}
    return Plant(f"{version} withdrawn with {new.decode()}", changed, past=(past,))


def _yank_in_advance(state: Fileset, rng: Random) -> Plant:
    """A version that nobody released: the way back to it would be closed before it is there."""
    version = _version(rng)
    return Plant(f"{version} withdrawn, which has no release", _yank(state, version))


def _yank_dated_ahead(state: Fileset, rng: Random) -> Plant:
    version, day = _version(rng), f"2099-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}"
    changed = _yank(state, version, day)
    return Plant(f"{version} withdrawn on {day}", changed, released=True, version=version)


def _once_withdrawn(state: Fileset, rng: Random, found: verbs.Drawn) -> Plant:
    """A step that was released and withdrawn; it comes back as if nobody had withdrawn it."""
    version = _version(rng)
    return Plant(
        f"{found.what}, as it was in {version}, which is withdrawn",
        found.changed,
        found.opinion.measured,
        past=(found.changed, {**state.only(found.changed), **_yank(state, version)}),
        released=True,
        version=version,
    )


def _withdrawn_value(state: Fileset, rng: Random) -> Plant:
    found = draw(state, rng, verbs.far, opinions.swings)
    plant = _once_withdrawn(state, rng, found)
    worse = state.after(found.changed)
    other = draw(worse, rng, near, among=lambda number: number.file not in found.changed)
    changed, what = {**found.changed, **other.changed}, f"{plant.what}; and {other.what}"
    return replace(plant, what=what, changed=changed, rules=frozenset())


def _revert(state: Fileset, rng: Random) -> Plant | None:
    """Three changes are accepted, each in a file of its own; the second one is taken back."""
    middle = draw(state, rng, rng.choice((verbs.far, near)))
    others: list[FileChanges] = []
    files = sorted({number.file for number in numbers(state)} - {middle.number.file})
    for other in rng.sample(files, len(files)):
        with suppress(NotPlantable):
            others.append(draw(state, rng, near, among=_in(other)).changed)
        if len(others) == 2:
            what = f"{middle.what} and two other changes were accepted; this one is reverted"
            back = state.only([middle.number.file])
            return Plant(what, back, past=({}, others[0], middle.changed, others[1]))
    return None


def _in(file: str) -> Callable[[Number], bool]:
    return lambda number: number.file == file


def _rollback_reverted(state: Fileset, rng: Random) -> Plant:
    found, version = loss(state, rng), _version(rng)
    rollback = {**state.only(found.changed), **_yank(state, version)}
    changed = {**found.changed, YANKED: state.files.get(YANKED)}
    what = f"{found.what}, as it was before a rollback that withdrew {version}"
    return Plant(what, changed, past=({}, found.changed, rollback))


def _category_taken_back(state: Fileset, rng: Random) -> Plant:
    """A category that no call has came in, another change was accepted, and it goes again."""
    used = {state.canonical.get(one.fields["category"]) for one in state.stored}
    unused = [category for category in state.categories if category not in used]
    category = one_of(rng, unused, "every category has stored calls")
    gone = taken_out(state, category)
    other = _accepted(state, rng, gone)
    what = f"{category} → gone, as before the accepted change that brought it"
    return Plant(what, gone, past=(gone, state.only(gone), other))


def _accepted(state: Fileset, rng: Random, apart_from: FileChanges) -> FileChanges:
    """Another change that may have been accepted: of what a procedure gives none by hand."""
    if not state.has_procedure:
        return draw(state, rng, near, among=is_marginal).changed
    return small_change(state, rng, lambda number: number.file not in apart_from).changed


# fmt: off
WITHDRAWN: Final = (
    stopped("category-returned-to-absence",
        "a category removed that came in with another change", _back_to_absence,
        by="coefficient-removed"),
    *stopped_by("gates-loosened",
        ("yank-removed", "a version that is no longer withdrawn, without a reason", _yank_removed),
        ("yank-altered", "a withdrawn version with another reason or replacement", _yank_altered),
    ),
    *stopped_by("fit-claims",
        ("yank-in-advance", "a version withdrawn that has no release", _yank_in_advance),
        ("yank-dated-ahead", "a release withdrawn on a future day", _yank_dated_ahead),
    ),
    stopped("withdrawn-value-returned", "a step of 2× or more from a withdrawn version",
        _withdrawn_value, by="swing"),
    stopped("withdrawn-restored", "worse values of a withdrawn version brought back",
        lambda state, rng: _once_withdrawn(state, rng, loss(state, rng))),
)
WITH_A_COMPANION: Final = (
    stopped("restore-with-gates", "an accepted change reverted with a loosened threshold",
        together(loosened_acknowledged, _way_back), by="gates-loosened"),
    stopped("restore-with-sample-removed",
        "an accepted change reverted without the line of a call",
        together(call_removed, _way_back), by="sample-removed"),
    stopped("restore-with-validator", "an accepted change reverted with a file of validator/",
        together(verbs.new_file(LENIENT, JUDGE_FILE), _way_back), by="judge-and-values"),
)
HARMLESS: Final = (
    passes("restore", "an accepted change reverted, though that is worse", _way_back),
    passes("revert", "one of three accepted changes reverted",
        verbs.until(_revert,
            # Only rules object that do not ask about a return to a former value.
            lambda its: its.broken
                and its.broken <= {"swing", "unmeasured", "coefficient-removed"},
            nothing="three files with numbers are needed")),
    passes("rollback-reverted", "exactly one rollback undone, with its yank",
        _rollback_reverted),
    passes("category-taken-back", "a category removed that came in by itself",
        _category_taken_back),
)
# fmt: on
