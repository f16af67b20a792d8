"""Accepted changes that are taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Final

from coefgate.drill.fileset import YANKED, FileChanges, Fileset
from coefgate.drill.kinds.drawing import DRAWS, draw, far, is_marginal, near, one_of
from coefgate.drill.kinds.parts import a_version, taken_out, way_back, with_yank
from coefgate.drill.numbers import Number, numbers
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import Kind, NotPlantable, Plant, harmless

_ANSWERED: Final = frozenset(("swing", "unmeasured", "coefficient-removed"))
"""The rules that do not ask about a return to a former value."""


def _restore(state: Fileset, rng: Random) -> Plant:
    """The registry once had a number that is worse by the rules; it comes back, for it was accepted."""
    found, past = way_back(state, rng)
    what = f"{found.what}, as it was before an accepted change"
    return Plant(found.number.file, what, found.changed, past=past)


def _revert(state: Fileset, rng: Random) -> Plant:
    """Three changes are accepted, each in a file of its own; the second one is taken back by itself."""
    for _ in range(DRAWS):
        middle = draw(state, rng, rng.choice((far, near)), lambda _: True)
        others: list[FileChanges] = []
        files = sorted({number.file for number in numbers(state)} - {middle.number.file})
        for file in rng.sample(files, len(files)):
            with suppress(NotPlantable):
                others.append(draw(state, rng, near, lambda _: True, among=_in(file)).changed)
            if len(others) == 2:
                break
        if len(others) < 2:
            continue
        base = state.after({**others[0], **middle.changed, **others[1]})
        file = middle.number.file
        changed: FileChanges = {file: state.files[file]}
        broken = Opinion(base, base.after(changed)).broken
        if broken and not broken - _ANSWERED:
            what = f"{middle.what} and two other changes were accepted; this one is taken back"
            return Plant(file, what, changed, past=({}, others[0], middle.changed, others[1]))
    raise NotPlantable("three files with numbers are needed")


def _rollback_reverted(state: Fileset, rng: Random) -> Plant:
    """Worse values were accepted, and rolled back with a yank; exactly that rollback is taken back."""
    found, (worse, back) = way_back(state, rng)
    version = a_version(rng)
    past: tuple[FileChanges, ...] = ({}, worse, {**back, YANKED: with_yank(state, version)})
    what = f"{found.what}, as it was before a rollback that withdrew {version}"
    return Plant(found.number.file, what, {**worse, YANKED: state.files.get(YANKED)}, past=past)


def _category_taken_back(state: Fileset, rng: Random) -> Plant:
    """A category that no call has came in by itself, another change was accepted, and it goes again."""
    labels = {one.fields["category"] for one in state.stored}
    unused = [
        category
        for category, file in state.categories.items()
        if not labels & {category, *state.document(file).get("aliases", ())}
    ]
    category = one_of(rng, unused, "every category has stored calls")
    file, gone = state.categories[category], taken_out(state, category)
    other = draw(state, rng, near, lambda _: True, among=is_marginal)
    past = (gone, {one: state.files[one] for one in gone}, other.changed)
    what = f"{category} → gone, as before the accepted change that brought it"
    return Plant(file, what, gone, past=past)


def _in(file: str) -> Callable[[Number], bool]:
    return lambda number: number.file == file


KINDS: Final[tuple[Kind, ...]] = (
    harmless("restore", "an accepted change taken back, though that is worse", _restore),
    harmless("revert", "one of three accepted changes taken back", _revert),
    harmless(
        "rollback-reverted", "exactly one rollback taken back, with its yank", _rollback_reverted
    ),
    harmless(
        "category-taken-back", "a category taken out that came in by itself", _category_taken_back
    ),
)
