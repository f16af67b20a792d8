"""What regressions and harmless changes alike are made of: names, renames, retirements, the way back."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import Any, Final

from coefgate.drill.fileset import (
    GATES,
    MARGINS,
    OVERHEAD,
    RETIRED,
    YANKED,
    FileChanges,
    Fileset,
    StoredLine,
)
from coefgate.drill.kinds.calls import easy_calls, eligible
from coefgate.drill.kinds.drawing import Drawn, down, draw, is_worse, up
from coefgate.drill.oracle.figures import smape_millionths
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import NotPlantable
from coefgate.drill.yaml_text import dumped

SIZES: Final = (20, 50, 100, 200, 400, 800)
"""How many easy calls are tried, until they are enough."""
NO_CATEGORY: Final = "there is no category"
PRIOR: Final = {"kind": "prior", "reference": "https://coefgate.invalid/drill"}
"""The basis of a number that claims no sample."""
_WHY: Final = "planted by the drill"


def renamed(
    state: Fileset, category: str, new: str, times: Fraction = Fraction(1)
) -> dict[str, bytes | None]:
    """A category under another name, its old one as an alias, with its overheads multiplied."""
    file = state.categories[category]
    document = state.draft(file)
    for entry in document["overhead"].values():
        if times != 1:
            entry["tokens"] = min(1_000_000, round(entry["tokens"] * times))
            entry.pop("acknowledge", None)
    document["category"] = new
    document = with_aliases(document, [*document.get("aliases", []), category])
    changed: dict[str, bytes | None] = {file: None, f"{OVERHEAD}/{new}.yaml": dumped(document)}
    margins = state.draft(MARGINS)
    if category in (margins.get("cells") or {}):
        margins["cells"][new] = margins["cells"].pop(category)
        changed[MARGINS] = dumped(margins)
    return changed


def unused_name(state: Fileset, rng: Random) -> str:
    """A name that no category, alias or stored call has."""
    labels = {str(one.fields["category"]) for one in state.stored} | set(state.canonical)
    while (name := f"drill-{rng.randint(1, 9999)}") in labels:
        pass
    return name


def with_aliases(document: dict[str, Any], aliases: list[str]) -> dict[str, Any]:
    """A category with other aliases; what was acknowledged of the old ones has served its step."""
    document.pop("acknowledge", None)
    return {**document, "aliases": aliases}


def without_margins(
    state: Fileset, category: str, complexity: str | None = None
) -> dict[str, bytes]:
    """The margins without those of a cell, or of all cells of a category, if there are any."""
    margins = state.draft(MARGINS)
    cells = margins.get("cells") or {}
    if category not in cells:
        return {}
    if complexity is None or set(cells[category]) <= {complexity}:
        del cells[category]
    elif complexity in cells[category]:
        del cells[category][complexity]
    return {MARGINS: dumped(margins)}


def dispensable(state: Fileset) -> list[str]:
    """The categories of which one may go; none where there is only one."""
    return sorted(state.categories) if len(state.categories) > 1 else []


def taken_out(state: Fileset, category: str) -> FileChanges:
    """The files without a category."""
    return {state.categories[category]: None, **without_margins(state, category)}


def worst_first(state: Fileset, calls: Sequence[StoredLine]) -> list[StoredLine]:
    """Eligible calls, the worst predicted first."""

    def error(one: StoredLine) -> int:
        return smape_millionths(
            predicted(state, one.fields), max(1, one.fields["actual_output_tokens"])
        )

    return sorted(calls, key=error, reverse=True)


def with_retirement(state: Fileset, calls: Sequence[StoredLine]) -> bytes:
    """``samples/retired.yaml`` with more calls."""
    document: dict[str, Any] = (
        {"retired": []} if RETIRED not in state.files else state.draft(RETIRED)
    )
    document["retired"] += [{"id": one.id, "reason": _WHY} for one in calls]
    return dumped(document)


def with_answer(state: Fileset, rule: str, **subject: str) -> bytes:
    """``gates.yaml`` with one more acknowledgement in the list of a rule."""
    document = state.draft(GATES)
    document[rule] = [*document.get(rule, ()), {**subject, "reason": _WHY}]
    return dumped(document)


def flattering_calls(state: Fileset, rng: Random) -> tuple[dict[str, bytes], int]:
    """A file of so many easy calls that a figure gets much better by them alone, and their number."""
    for count in SIZES:
        changed = easy_calls(state, state, rng, count)
        if Opinion(state, state.after(changed)).flattered:
            return changed, count
    raise NotPlantable("no figure of these coefficients can get much better")


def a_version(rng: Random) -> str:
    """A version that no release of the drill's own has."""
    return f"9.{rng.randint(1, 10**8)}.0"


def with_yank(state: Fileset, version: str, day: str = "2026-11-30") -> bytes:
    """``yanked.yaml`` with one more version."""
    document: dict[str, Any] = state.draft(YANKED) if YANKED in state.files else {"yanked": []}
    yank = {"version": version, "date": day, "reason": _WHY, "replacement": None}
    document["yanked"].insert(0, yank)
    return dumped(document)


def judge_file(rng: Random) -> str:
    """A file of the program that judges."""
    return f"validator/coefgate/gates/drill_{rng.randint(1, 999)}.py"


def way_back(state: Fileset, rng: Random) -> tuple[Drawn, tuple[FileChanges, ...]]:
    """A number that is worse by the rules, and a past in which the target branch once had it."""
    eligible(state)
    found = draw(state, rng, rng.choice((up, down)), is_worse)
    return found, (found.changed, {file: state.files[file] for file in found.changed})
