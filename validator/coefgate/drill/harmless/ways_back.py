"""Accepted changes that are taken back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Final

from coefgate.drill.drawing import (
    DRAWS,
    draw,
    far,
    near,
)
from coefgate.drill.judgement import Judgement
from coefgate.drill.model import Kind, NotPlantable, Plant, harmless
from coefgate.drill.numbers import Number, numbers
from coefgate.drill.parts import way_back
from coefgate.drill.state import Files, State

_ANSWERED: Final = frozenset(("swing", "unmeasured", "coefficient-removed"))
"""The rules that do not ask about a return to a former value."""


def _restore(state: State, rng: Random) -> Plant:
    """The registry once had a number that is worse by the rules; it comes back, for it was accepted."""
    found, past = way_back(state, rng)
    what = f"{found.what}, as it was before an accepted change"
    return Plant(found.number.file, what, found.changed, past=past)


def _revert(state: State, rng: Random) -> Plant:
    """Three changes are accepted, each in a file of its own; the second one is taken back by itself."""
    for _ in range(DRAWS):
        middle = draw(state, rng, rng.choice((far, near)), lambda _: True)
        others: list[Files] = []
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
        changed: Files = {file: state.files[file]}
        broken = Judgement(base, base.after(changed)).broken
        if broken and not broken - _ANSWERED:
            what = f"{middle.what} and two other changes were accepted; this one is taken back"
            return Plant(file, what, changed, past=({}, others[0], middle.changed, others[1]))
    raise NotPlantable("three files with numbers are needed")


def _in(file: str) -> Callable[[Number], bool]:
    return lambda number: number.file == file


KINDS: Final[tuple[Kind, ...]] = (
    harmless("restore", "an accepted change taken back, though that is worse", _restore),
    harmless("revert", "one of three accepted changes taken back", _revert),
)
