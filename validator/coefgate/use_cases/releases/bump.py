"""The number of the next release, and the reasons for it in words, from two snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from coefgate.core.versions import Version
from coefgate.registry.key import Key
from coefgate.registry.model_globs import covered
from coefgate.registry.wording import first_of

Level = Literal["major", "minor", "patch"]
_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Bump:
    """``level`` is ``None`` for the first release. ``reasons``: clauses, at least one."""

    version: Version
    level: Level | None
    reasons: tuple[str, ...]

    @classmethod
    def after(cls, last: Version, level: Level, *reasons: str) -> Self:
        """The next version of this level."""
        numbers = {
            "major": (last.major + 1, 0, 0),
            "minor": (last.major, last.minor + 1, 0),
            "patch": (last.major, last.minor, last.patch + 1),
        }
        return cls(Version(*numbers[level]), level, reasons)


FIRST: Final = Bump(Version(1, 0, 0), None, ("the first release",))


def bump(last: Version, before: Mapping[str, Any], after: Mapping[str, Any]) -> Bump:
    """The number after ``last``, from the content of its snapshot and that of the next one.

    Something that a call may name is gone, or the meaning of the file is another: major. Something
    came in: minor. Only values moved: patch. A category that is called otherwise and keeps its old
    name as an alias is not gone.
    """
    owner = {
        label: name for name, entry in after["categories"].items() for label in entry["aliases"]
    }
    called = {name: owner[name] for name in before["categories"] if name in owner}
    gone = (
        *(
            f"{name} changes from {before[name]} to {after[name]}"
            for name in ("format", "semantics", "unit")
            if before[name] != after[name]
        ),
        *_uncovered(before, after, "applies_to no longer covers {}"),
        *_missing(before, after, "is gone"),
    )
    came = (
        *_uncovered(after, before, "applies_to covers {} as well"),
        *_missing(after, before, "is new", told=called.values()),
    )
    renamed = tuple(_renamed(called, before, after))
    if gone:
        return Bump.after(last, "major", *gone)
    if came or not set(called.values()) <= keys(before)["category"]:
        return Bump.after(last, "minor", *renamed, *came)
    stays = "every key stays" if renamed else "only values changed; every key stays"
    return Bump.after(last, "patch", *renamed, stays)


def _renamed(
    called: Mapping[str, str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[str]:
    yield from (f"category {old} is called {new} now" for old, new in called.items())
    aliases = keys(before)["category"] - before["categories"].keys() - set(called.values())
    own = sorted(aliases & after["categories"].keys())
    if own:
        yield f"alias {first_of(own, _SHOWN)} is now a category of its own"


def _uncovered(before: Mapping[str, Any], after: Mapping[str, Any], words: str) -> Iterator[str]:
    """The models that ``after`` no longer applies to."""
    lost = [glob for glob in before["applies_to"] if not covered((glob,), after["applies_to"])]
    if lost:
        yield words.format(first_of(lost, _SHOWN))


def _missing(
    before: Mapping[str, Any], after: Mapping[str, Any], what: str, told: Iterable[str] = ()
) -> Iterator[str]:
    """What ``after`` lacks, one clause for each kind of key; ``told``: said already."""
    there, told, cells = keys(after), set(told), _cells(before)
    for kind, names in keys(before).items():
        lost = sorted(names - there[kind] - (told if kind == "category" else set()))
        if kind == "cell":  # a whole category, or complexity, is told once
            lost = [name for name in lost if not told.intersection(cells[name])]
        if kind in {"category", "complexity"}:
            told.update(lost)
        if kind == "no_deliverables":
            lost = [name for name in lost if name not in told]
        if lost:
            yield f"{kind} {first_of(lost, _SHOWN)} {what}"


def keys(content: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    """All that a call may name, by its kind.

    An alias is a name like any other: a category that becomes the alias of another one is not
    gone.
    """
    models = content.get("model_factors") or {"rules": ()}
    return {
        "category": frozenset(label for label, _ in _labels(content)),
        "complexity": frozenset(content["complexities"]),
        "cell": frozenset(_cells(content)),
        "marginal": frozenset(
            f"{operation}.{kind}"
            for operation, kinds in content["marginal_costs"].items()
            for kind in kinds
        ),
        "per_kilobyte": frozenset(content.get("per_kilobyte", {})),
        "no_deliverables": frozenset(content["no_deliverables"]),
        "model": frozenset(glob for rule in models["rules"] for glob in rule["models"]),
        "retry": frozenset(content.get("retry") or ()),
    }


def _labels(content: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every name and alias of a category, with its entry."""
    for name, entry in content["categories"].items():
        yield from ((label, entry) for label in (name, *entry["aliases"]))


def _cells(content: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Label and complexity of every cell, by its name."""
    cells = ((label, one) for label, entry in _labels(content) for one in entry["overhead"])
    return {Key("overhead", cell).name: cell for cell in cells}
