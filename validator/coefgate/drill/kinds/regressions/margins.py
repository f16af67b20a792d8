"""Safety margins raised, lowered or taken away."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Final

from coefgate.drill.fileset import MARGINS, FileChanges, Fileset
from coefgate.drill.kinds.calls import eligible
from coefgate.drill.kinds.drawing import DRAWS, is_overhead, one_of, scaled, step, up, worse
from coefgate.drill.kinds.parts import NO_CATEGORY
from coefgate.drill.numbers import Number, exact, in_range, numbers, rises, with_value
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.plant import Kind, NotPlantable, Plant, regression
from coefgate.drill.yaml_text import dumped

_NOTHING: Final = "no margin can be lowered so that stored calls show it"
_ONE: Final = Fraction(1)


def _is_default(number: Number) -> bool:
    return number.name == "margin.default"


def _is_of_cell(number: Number) -> bool:
    return number.is_factor and not _is_default(number)


def _default_to_one(state: Fileset, rng: Random) -> Plant:
    """The default margin gone. Where there is none, base is made to hold a part of each need in it."""
    eligible(state)
    past: tuple[FileChanges, ...] = ()
    margin = next(filter(_is_default, numbers(state)))
    for _ in range(DRAWS):
        base = state
        if margin.value < Fraction("1.1"):
            factor = Fraction(rng.randint(115, 200), 100)
            files = scaled(state, 1 / factor)
            past = (files | with_value(state.after(files), margin, factor),)
            base = state.after(past[0])
        lowered = _lowered(base, next(filter(_is_default, numbers(base))), past)
        if lowered is not None:
            return lowered
    raise NotPlantable(_NOTHING)


def _cell_to_one(state: Fileset, rng: Random) -> Plant:
    """The margin of one cell gone. Where no cell has one, base is made to hold a part of its need in it."""
    eligible(state)
    for _ in range(DRAWS):
        own = list(filter(_is_of_cell, numbers(state)))
        base, past = (state, ()) if own else _with_margin_of_cell(state, rng)
        if rises(base):
            lowered = _lowered(base, rng.choice(list(filter(_is_of_cell, numbers(base)))), past)
            if lowered is not None:
                return lowered
    raise NotPlantable(_NOTHING)


def _cell_added(state: Fileset, rng: Random) -> Plant:
    """A cell gets a margin of its own, below the default one, which base is made to have first."""
    eligible(state)
    for _ in range(DRAWS):
        factor = Fraction(rng.randint(130, 300), 100)
        margin = next(filter(_is_default, numbers(state)))
        files = scaled(state, 1 / factor)
        larger = min(factor * margin.value, Fraction(10))
        files |= with_value(state.after(files), margin, larger)
        base = state.after(files)
        category = one_of(rng, sorted(base.categories), NO_CATEGORY)
        complexity = rng.choice(sorted(base.document(base.categories[category])["overhead"]))
        margins = base.draft(MARGINS)
        cells = margins.get("cells") or {}
        entry = {"factor": 1, "basis": margins["default"]["basis"]}
        margins["cells"] = {**cells, category: {**cells.get(category, {}), complexity: entry}}
        changed = {MARGINS: dumped(margins)}
        judgement = Opinion(base, base.after(changed))
        if judgement.measured:
            what = f"{category}.{complexity} gets a margin of 1; the default is {float(larger):g}"
            return Plant(MARGINS, what, changed, judgement.broken, (files,))
    raise NotPlantable(_NOTHING)


def _lowered(base: Fileset, margin: Number, past: tuple[FileChanges, ...]) -> Plant | None:
    if not in_range(margin, _ONE):
        return None
    changed = with_value(base, margin, _ONE)
    judgement = Opinion(base, base.after(changed))
    if not judgement.measured:
        return None
    return Plant(margin.file, step(margin, _ONE), changed, judgement.broken, past)


def _with_margin_of_cell(state: Fileset, rng: Random) -> tuple[Fileset, tuple[FileChanges, ...]]:
    overhead = one_of(
        rng, [number for number in numbers(state) if is_overhead(number)], NO_CATEGORY
    )
    factor = Fraction(rng.randint(130, 300), 100)
    category, complexity = overhead.name.split(".")
    margins = state.draft(MARGINS)
    default = margins["default"]
    factor = min(factor * exact(default["factor"]), Fraction(10))
    entry = {"factor": float(factor), "basis": default["basis"]}
    margins["cells"] = {**(margins.get("cells") or {}), category: {complexity: entry}}
    files: dict[str, bytes] = {MARGINS: dumped(margins)}
    lower = overhead.times(1 / factor)
    if in_range(overhead, lower):
        files |= with_value(state, overhead, lower)
    return state.after(files), (files,)


KINDS: Final[tuple[Kind, ...]] = (
    regression("default-margin-raised", "the default margin × 1.3 to 5", worse(_is_default, up)),
    regression("default-margin-to-one", "the default margin taken away", _default_to_one),
    regression("cell-margin-to-one", "the margin of a cell lowered to 1", _cell_to_one),
    regression(
        "cell-margin-added", "a margin of its own for a cell, below the default", _cell_added
    ),
)
