"""Safety margins raised, lowered or taken away; and the same predictions with other margins."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import MARGINS, FileChanges, Fileset, dumped
from coefgate.drill.kinds import verbs
from coefgate.drill.kinds.opinions import is_worse
from coefgate.drill.kinds.verbs import is_overhead, shown_by_calls, step, until
from coefgate.drill.numbers import Number, in_range, numbers, plain, rises, with_value, with_values
from coefgate.drill.plant import Plant, one_of, passes, stopped
from coefgate.registry.key import Key

NO_CATEGORY: Final = "there is no category"
_MOST: Final = Fraction(10)
_FACTORS: Final = sorted(
    {Fraction(over, under) for over in range(1, 21) for under in range(1, 21)}
)


def _of_cells(state: Fileset) -> list[Number]:
    return [one for one in numbers(state) if one.key.part == "margin" and one.key.of]


def default_margin(state: Fileset) -> Number:
    """The margin of every cell that has none of its own."""
    return next(one for one in numbers(state) if one.key == Key("margin"))


def with_margin(
    state: Fileset, cell: tuple[str, ...], factor: Fraction, basis: Any = None
) -> dict[str, bytes]:
    """The margins with one for a cell; its basis is that of the default one unless it is given."""
    document = state.draft(MARGINS)
    cells = document["cells"] = document.get("cells") or {}
    category, complexity = cell
    entry = {"factor": plain(factor), "basis": basis or document["default"]["basis"]}
    cells.setdefault(category, {})[complexity] = entry
    return {MARGINS: dumped(document)}


def _raised_for_all(state: Fileset, factor: Fraction, margin: Fraction) -> dict[str, bytes]:
    """Every coefficient divided by a factor, and another default margin."""
    files = verbs.scaled(state, 1 / factor)
    return files | with_value(state.after(files), default_margin(state), margin)


def _default_to_one(state: Fileset, rng: Random) -> Plant | None:
    """The default margin gone; where there is none, base is made to have one."""
    if default_margin(state).value >= Fraction("1.1"):
        return _lowered(state, default_margin(state))
    factor = Fraction(rng.randint(115, 200), 100)
    files = _raised_for_all(state, factor, factor)
    base = state.after(files)
    return _lowered(base, default_margin(base), files)


def _cell_to_one(state: Fileset, rng: Random) -> Plant | None:
    """The margin of a cell gone; where none has one, base is made to have it."""
    past = () if _of_cells(state) else (_with_margin_of_cell(state, rng),)
    base = reduce(Fileset.after, past, state)
    return _lowered(base, rng.choice(_of_cells(base)), *past) if rises(base) else None


def _lowered(base: Fileset, margin: Number, *past: FileChanges) -> Plant | None:
    if not in_range(margin, Fraction(1)):
        return None
    return Plant(step(margin, Fraction(1)), with_value(base, margin, Fraction(1)), past=past)


def _with_margin_of_cell(state: Fileset, rng: Random) -> dict[str, bytes]:
    overhead = one_of(rng, list(filter(is_overhead, numbers(state))), NO_CATEGORY)
    times = Fraction(rng.randint(130, 300), 100)
    factor = min(default_margin(state).times(times), _MOST)
    files = with_margin(state, overhead.key.of, factor)
    lower = overhead.times(1 / factor)
    return files | (with_value(state, overhead, lower) if in_range(overhead, lower) else {})


def _cell_added(state: Fileset, rng: Random) -> Plant:
    """A cell gets a margin of its own, below the default one, which base is made to have first."""
    factor = Fraction(rng.randint(130, 300), 100)
    larger = min(default_margin(state).times(factor), _MOST)
    files = _raised_for_all(state, factor, larger)
    base = state.after(files)
    category = one_of(rng, sorted(base.categories), NO_CATEGORY)
    complexity = rng.choice(sorted(base.document(base.categories[category])["overhead"]))
    changed = with_margin(base, (category, complexity), Fraction(1))
    what = f"{category}.{complexity} gets a margin of 1; the default is {float(larger):g}"
    return Plant(what, changed, past=(files,))


def _another_split(state: Fileset, rng: Random) -> Plant:
    """Every margin, and every number that is multiplied by one."""
    beside = {"no_deliverables", "model", "retry"}
    split = [number for number in numbers(state) if number.key.part not in beside]
    fitting = [times for times in _FACTORS if all(_fits(number, times) for number in split)]
    times = one_of(rng, fitting, "no factor leaves whole tokens and margins of three decimals")
    moved = {one: _moved(one, times) for one in split}
    what = f"every margin × {float(times):.4g}, and every price with a margin ÷ {float(times):.4g}"
    return Plant(what, with_values(state, moved), at=MARGINS)


def _moved(number: Number, times: Fraction) -> Fraction:
    return number.value * times if number.key.is_factor else number.value / times


def _fits(number: Number, times: Fraction) -> bool:
    value = _moved(number, times)
    is_whole = (value * number.key.steps_in_one).denominator == 1
    return is_whole and (in_range(number, value) or (value == 0 and not number.key.is_factor))


# fmt: off
REGRESSIONS: Final = (
    stopped("default-margin-raised", "the default margin × 1.3 to 5",
        shown_by_calls(verbs.drawn(verbs.up, is_worse, lambda one: one.key == Key("margin")))),
    *(
        stopped(name, about, shown_by_calls(until(attempt, is_worse,
            nothing="no margin can be lowered so that stored calls show it")))
        for name, about, attempt in (
            ("default-margin-to-one", "the default margin taken away", _default_to_one),
            ("cell-margin-to-one", "the margin of a cell lowered to 1", _cell_to_one),
            ("cell-margin-added", "a margin of its own for a cell, below the default",
                _cell_added),
        )
    ),
)
HARMLESS: Final = (
    passes("another-split", "the same predictions with other margins and prices", _another_split),
)
# fmt: on
