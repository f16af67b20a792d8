"""What was taken out, or withdrawn, and goes or comes by a side door."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import Final

from coefgate.drill.drawing import draw, is_marginal, near
from coefgate.drill.model import Kind, NotPlantable, Plant, regression
from coefgate.drill.parts import without_margins
from coefgate.drill.state import Files, State


def _back_to_absence(state: State, rng: Random) -> Plant:
    """A category came in with another change, and goes alone: the branch once did without it."""
    names = sorted(state.categories) if len(state.categories) > 1 else []
    for category in rng.sample(names, len(names)):
        file = state.categories[category]
        gone: Files = {file: None, **without_margins(state, category)}
        with suppress(NotPlantable):
            other = draw(state, rng, near, lambda _: True, among=is_marginal)
            past = ({**gone, **other.changed}, {one: state.files[one] for one in (*gone, *other.changed)})
            what = f"{category} → gone, as before an accepted change that brought it with another number"
            return Plant(file, what, gone, frozenset(("coefficient-removed",)), past)
    raise NotPlantable("there is only one category, or no marginal cost")


KINDS: Final[tuple[Kind, ...]] = (
    regression(
        "category-returned-to-absence",
        "a category taken out that came in with another change",
        _back_to_absence,
    ),
)
