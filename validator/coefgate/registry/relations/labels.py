"""Rules of labels: each says something, can be reached, and states labels that are declared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from coefgate.core.paths import glob_regex
from coefgate.core.problems import Problem
from coefgate.registry.document import Document, Fault
from coefgate.registry.document_set import Documents
from coefgate.registry.wording import ValuePath, did_you_mean, listed, printable

_LABELS: Final = ("category", "complexity")
_GLOBS: Final = ("every_path", "any_path")
_RANGES: Final = ("files", "bytes")


def label_rules(documents: Documents) -> Iterator[Problem]:
    """A rule states a label, asks for what can be, and does not come after one that takes all."""
    document = documents.get("labels")
    taken: dict[str, int] = {}
    for index, rule in enumerate(document.list_at(("rules",))):
        if isinstance(rule, dict):
            path: ValuePath = ("rules", index)
            yield from _stated(document, path, rule, taken)
            yield from _asked(document, path, rule)


def _stated(
    document: Document, path: ValuePath, rule: dict[str, Any], taken: dict[str, int]
) -> Iterator[Problem]:
    """``taken``: the line of the rule that asks for nothing, by the label that it states."""
    stated = [name for name in _LABELS if name in rule]
    if not stated:
        found, allowed = "states no label", "a rule gives a category, a complexity or both"
        yield Fault("no-label", found, allowed, "Add one, or delete the rule.", path).at(document)
    elif all(name in taken for name in stated):
        found = f"comes after line {taken[stated[0]]}, which takes every call"
        allowed = "the first rule that matches wins, so every rule can be reached"
        fix = "Move it up, or delete it."
        yield Fault("unreachable", found, allowed, fix, path).at(document)
    if rule.keys() <= set(_LABELS):
        for name in stated:
            taken.setdefault(name, document.mark(path)[0])


def _asked(document: Document, path: ValuePath, rule: dict[str, Any]) -> Iterator[Problem]:
    for name in _GLOBS:
        for at, glob in enumerate(document.list_at((*path, name))):
            try:
                glob_regex(glob if isinstance(glob, str) and glob else "*")
            except ValueError as error:
                found = f'is "{printable(glob)}", which {error}'
                allowed = "globs are written as docs/reference/path-rules.md says"
                where = (*path, name, at)
                yield Fault("bad-glob", found, allowed, "Change the glob.", where).at(document)
    for name in _RANGES:
        low, high = rule.get(f"{name}_from"), rule.get(f"{name}_to")
        if isinstance(low, int) and isinstance(high, int) and low > high:
            found, allowed = f"is {low:,}, above {name}_to {high:,}", "a range rises"
            where = (*path, f"{name}_from")
            yield Fault("empty-range", found, allowed, "Exchange the two.", where).at(document)


def declared_labels(documents: Documents) -> Iterator[Problem]:
    """The labels that rules give are those that the registry declares."""
    document = documents.get("labels")
    declared = {
        "category": sorted({name for name, _ in documents.readable_overheads}),
        "complexity": documents.get("registry").list_at(("complexities",)),
    }
    for index in range(len(document.list_at(("rules",)))):
        for name in _LABELS:
            path = ("rules", index, name)
            label, names = document.at(path), declared[name]
            if isinstance(label, str) and names and label not in names:
                found = f'is "{printable(label)}", which is not a declared {name}'
                fix = did_you_mean(label, map(str, names), f"Declared are {listed(names)}.")
                allowed = "rules give labels that the registry declares"
                yield Fault("undeclared-label", found, allowed, fix, path).at(document)
