"""What became of the names of categories: renamed, merged, split off, given away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from coefgate.changes.estimate_changes import same_figures
from coefgate.registry.model import Category, Coefficients
from coefgate.replay.pair import Pair
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
    return tuple(
        one
        for category in base.categories.values()
        for one in _of(category, base, head, heirs, shared)
    )


def _of(
    category: Category,
    base: Coefficients,
    head: Coefficients,
    heirs: Mapping[str, str],
    shared: Mapping[str, int],
) -> Iterator[Rename]:
    old, heir = category.name, heirs.get(category.name)
    led: dict[str, list[str]] = {}
    for name in category.names:
        to = head.canonical_category.get(name, heir)
        if to is not None:
            led.setdefault(to, []).append(name)
    for new, names in led.items():
        if new == old:
            continue
        kind = _kind(new, heir, base, shared)
        told = tuple(name for name in names if kind != "alias" or same_figures(base, head, name))
        if told:
            place = head.categories[new]
            yield Rename(
                kind, old, new, told, old in head.canonical_category, place.file, place.line
            )


def _kind(new: str, heir: str | None, base: Coefficients, shared: Mapping[str, int]) -> RenameKind:
    if new == heir:
        return "merged" if shared[new] > 1 or new in base.categories else "renamed"
    return "alias" if new in base.categories else "split"


def rename_words(one: Rename, quoted: Callable[[str], Name]) -> list[str | Name]:
    """``docs → guides (renamed; docs stays an alias)``, in pieces; ``quoted`` writes a name."""
    return [quoted(one.base), " → ", quoted(one.head), " (", *_what(one, quoted), ")"]


def _what(one: Rename, quoted: Callable[[str], Name]) -> list[str | Name]:
    names = list(map(quoted, one.names))
    joints = [", "] * (len(names) - 2) + [" and "]
    listed = [piece for pair in zip(names, [*joints, ""], strict=False) for piece in pair]
    there = [*listed[: 2 * len(names) - 1], " leads" if len(names) == 1 else " lead", " there now"]
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
    count, differs = both.evidence.count, (both.base.predicted != both.head.predicted).tolist()

    def counted(one: Rename) -> Renamed:
        samples = enumerate(both.evidence.samples)
        rows = [row for row, sample in samples if sample.category in one.names]
        return Renamed(one, count(rows), count([row for row in rows if differs[row]]))

    return tuple(map(counted, found))
