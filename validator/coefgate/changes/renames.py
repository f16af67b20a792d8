"""What became of the names of categories: renamed, merged, split off, given away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from coefgate.changes.estimate_changes import same_figures
from coefgate.registry.model import Coefficients
from coefgate.replay.evidence import Pair
from coefgate.samples.status import CallCount

RenameKind = Literal["renamed", "merged", "split", "alias"]
Name = TypeVar("Name")


@dataclass(frozen=True, slots=True)
class Rename:
    """Names that led to the category ``base``, and lead to ``head``, which is called otherwise.

    ``kind``: base's category is called so now (``renamed``), with others in one (``merged``); or
    it goes on without these names, which got a category of their own (``split``), or one that was
    there before and has the same figures (``alias``). ``names``: the names; of a category that was
    renamed or merged those that lead nowhere any more as well. ``kept``: does the name ``base``
    still lead anywhere? ``file`` and ``line``: of head's category.
    """

    kind: RenameKind
    base: str
    head: str
    names: tuple[str, ...]
    kept: bool
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Renamed:
    """``calls``: the scored calls with one of the names; ``moved``: those that head moves."""

    rename: Rename
    calls: CallCount
    moved: CallCount


def renames(base: Coefficients, head: Coefficients) -> tuple[Rename, ...]:
    """Every name that leads to a category of another name; others are changes."""
    led = head.canonical_category
    heirs = {
        one.name: heir
        for one in base.categories.values()
        # As its name says, else as its aliases do.
        if (heir := next((led[name] for name in one.names if name in led), None)) is not None
    }
    shared = Counter(heirs.values())
    found = []
    for category in base.categories.values():
        old, heir = category.name, heirs.get(category.name)
        names_to: dict[str | None, list[str]] = {}
        for name in category.names:
            names_to.setdefault(led.get(name, heir), []).append(name)
        for new, names in names_to.items():
            if new is None or new == old:
                continue
            kind = _kind(new, heir, base, shared)
            told = [name for name in names if kind != "alias" or same_figures(base, head, name)]
            if told:
                place = head.categories[new].file, head.categories[new].line
                found.append(Rename(kind, old, new, tuple(told), old in led, *place))
    return tuple(found)


def _kind(new: str, heir: str | None, base: Coefficients, shared: Mapping[str, int]) -> RenameKind:
    if new == heir:
        return "merged" if shared[new] > 1 or new in base.categories else "renamed"
    return "alias" if new in base.categories else "split"


def rename_words(one: Rename, quoted: Callable[[str], Name]) -> list[str | Name]:
    """``docs → guides (renamed; docs stays an alias)``, in pieces; ``quoted`` writes a name."""
    return [quoted(one.base), " → ", quoted(one.head), " (", *_what(one, quoted), ")"]


def _what(one: Rename, quoted: Callable[[str], Name]) -> list[str | Name]:
    last = len(one.names) - 1
    names = [(" and " if at == last else ", ", quoted(name)) for at, name in enumerate(one.names)]
    led = [piece for pair in names for piece in pair][1:]
    there = [*led, " lead there now" if last else " leads there now"]
    match one.kind:
        case "split":
            return ["split off; ", *there]
        case "alias":
            return [*there, ", to the same figures"]
        case _:
            stays = " stays an alias" if one.kept else " is no longer a name"
            return [f"{one.kind}; ", quoted(one.base), stays]


def renamed_calls(found: Iterable[Rename], both: Pair) -> tuple[Renamed, ...]:
    """Each with its calls, whatever moved their predictions."""
    count, differs = both.evidence.count, both.base.predicted != both.head.predicted
    labels = [sample.category for sample in both.evidence.samples]
    named = [(one, np.flatnonzero([label in one.names for label in labels])) for one in found]
    return tuple(Renamed(one, count(at), count(at[differs[at]])) for one, at in named)
