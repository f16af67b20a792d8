"""File kinds: path rules that say something, and a marginal cost for every kind that they name."""

from __future__ import annotations

from collections.abc import Iterator

from coefgate.core.paths import glob_regex
from coefgate.core.problems import Problem
from coefgate.core.vocabulary import KIND_NAME, PRICED_OPERATIONS
from coefgate.registry.marks import Document
from coefgate.registry.sources import Sources
from coefgate.registry.wording import ValuePath, printable


def path_rules(sources: Sources) -> Iterator[Problem]:
    """Every glob is of the dialect and stands once."""
    document = sources.get("file_kinds")
    if document is None:
        return
    first: dict[str, int] = {}
    for path, glob in _globs(document):
        if glob in first:
            yield document.problem(
                path,
                "duplicate-glob",
                found=f'is "{printable(glob)}", as in line {first[glob]}, which wins',
                allowed="a glob stands once in all rules",
                fix="Delete one of the two.",
            )
            continue
        first[glob] = document.mark(path)[0]
        try:
            glob_regex(glob)
        except ValueError as error:
            yield document.problem(
                path,
                "bad-glob",
                found=f'is "{printable(glob)}", which {error}',
                allowed="globs are written as docs/path-rules.md says",
                fix="Change the glob.",
            )


def _globs(document: Document) -> Iterator[tuple[ValuePath, str]]:
    for index in range(len(document.list_at(("rules",)))):
        paths: ValuePath = ("rules", index, "paths")
        for position, glob in enumerate(document.list_at(paths)):
            if isinstance(glob, str) and glob:
                yield (*paths, position), glob


def priced_kinds(sources: Sources) -> Iterator[Problem]:
    """Every kind that a rule or the default names has a marginal cost per operation, and no other has."""
    costs = sources.get("marginal_costs")
    if costs is None:
        return
    named = _named_kinds(sources.get("file_kinds"))
    priced = {name: costs.mapping_at(("marginal_costs", name)) for name in PRICED_OPERATIONS}
    wanted = named or {kind: "the other operation" for kinds in priced.values() for kind in kinds}
    for operation, kinds in priced.items():
        if not kinds:
            continue  # the schema asks for it
        for kind, place in wanted.items():
            if kind not in kinds:
                yield costs.problem(
                    ("marginal_costs", operation, kind),
                    "missing-cost",
                    found=f"is missing; {place} names this kind",
                    allowed="every file kind has a marginal cost to create and to modify",
                    fix=f"Add {kind} with its tokens and basis.",
                )
        for kind in kinds:
            if kind not in wanted and KIND_NAME.fullmatch(kind):
                yield costs.problem(
                    ("marginal_costs", operation, kind),
                    "unused-cost",
                    found="is the cost of a kind that no path rule names",
                    allowed="every marginal cost can be reached",
                    fix="Delete it, or add a rule for the kind to file_kinds.yaml.",
                    key=True,
                )


def _named_kinds(document: Document | None) -> dict[str, str]:
    """From kind to the place that names it first; empty where rules or default cannot be read."""
    if document is None or not isinstance(document.at(("default",)), str):
        return {}
    paths: list[ValuePath] = [
        ("rules", index, "kind") for index in range(len(document.list_at(("rules",))))
    ]
    named: dict[str, str] = {}
    for path in [*paths, ("default",)]:
        kind = document.at(path)
        if not isinstance(kind, str):
            return {}
        named.setdefault(kind, f"{document.file}:{document.mark(path)[0]}")
    return named
