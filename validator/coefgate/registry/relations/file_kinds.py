"""File kinds: path rules that say something, and a marginal cost for every kind that they name."""

from __future__ import annotations

from collections.abc import Iterator

from coefgate.core.paths import glob_regex
from coefgate.core.problems import Problem
from coefgate.core.vocabulary import KIND_NAME, PRICED_OPERATIONS
from coefgate.registry.document import Document, Fault
from coefgate.registry.document_set import Documents
from coefgate.registry.wording import ValuePath, printable


def path_rules(documents: Documents) -> Iterator[Problem]:
    """Every glob is of the dialect and stands once."""
    document = documents.get("file_kinds")
    globs: dict[ValuePath, str] = {
        ("rules", index, "paths", position): glob
        for index in range(len(document.list_at(("rules",))))
        for position, glob in enumerate(document.list_at(("rules", index, "paths")))
        if isinstance(glob, str) and glob
    }
    again = dict(document.repeats(globs))
    for path, glob in globs.items():
        found = f'is "{printable(glob)}"'
        if path in again:
            found += f", as in line {again[path]}, which wins"
            allowed, fix = "a glob appears once in all rules", "Delete one of the two."
            yield Fault("duplicate-glob", found, allowed, fix, path).at(document)
            continue
        try:
            glob_regex(glob)
        except ValueError as error:
            found += f", which {error}"
            allowed = "globs are written as docs/reference/path-rules.md says"
            yield Fault("bad-glob", found, allowed, "Change the glob.", path).at(document)


def priced_kinds(documents: Documents) -> Iterator[Problem]:
    """Every kind that a rule or the default names has its marginal costs, and no other has."""
    costs = documents.get("marginal_costs")
    priced = {name: costs.mapping_at(("marginal_costs", name)) for name in PRICED_OPERATIONS}
    wanted = _named_kinds(documents.get("file_kinds")) or {
        kind: "the other operation" for kinds in priced.values() for kind in kinds
    }
    for operation, kinds in priced.items():
        if not kinds:
            continue  # the schema asks for it
        for kind, place in wanted.items():
            if kind not in kinds:
                found = f"is missing; {place} names this kind"
                allowed = "every file kind has a marginal cost to create and to modify"
                fix = f"Add {kind} with its tokens and basis."
                path = ("marginal_costs", operation, kind)
                yield Fault("missing-cost", found, allowed, fix, path).at(costs)
        for kind in kinds:
            if kind not in wanted and KIND_NAME.fullmatch(kind):
                found = "is the cost of a kind that no path rule names"
                allowed = "every marginal cost can be reached"
                fix = "Delete it, or add a rule for the kind to file_kinds.yaml."
                path = ("marginal_costs", operation, kind)
                yield Fault("unused-cost", found, allowed, fix, path).at(costs, key=True)


def _named_kinds(document: Document) -> dict[str, str]:
    """From kind to the place that names it first; empty where rules or default cannot be read."""
    rules = range(len(document.list_at(("rules",))))
    paths: list[ValuePath] = [*(("rules", index, "kind") for index in rules), ("default",)]
    named: dict[str, str] = {}
    for path in paths:
        kind = document.at(path)
        if not isinstance(kind, str):
            return {}
        named.setdefault(kind, f"{document.file}:{document.mark(path)[0]}")
    return named
