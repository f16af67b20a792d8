"""Categories among each other and against ``registry.yaml``: names, complexities, rising tokens, margins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches

from coefgate.core.problems import Problem
from coefgate.core.vocabulary import CATEGORY_NAME, COMPLEXITIES
from coefgate.registry.marks import Document
from coefgate.registry.sources import OVERHEAD_FOLDER, Sources, stem
from coefgate.registry.wording import ValuePath, listed, printable


def file_names(sources: Sources) -> Iterator[Problem]:
    """An overhead file is named after its category."""
    for category, document in sources.readable_overheads:
        name = stem(document.file)
        if category != name:
            fix = f"Rename the file to {printable(category)}.yaml, or write category: {name}."
            found = f'is "{printable(category)}" in a file called {name}.yaml'
            yield document.problem(
                ("category",),
                "file-name",
                found=found,
                allowed="the file is named after the category",
                fix=fix,
            )


def aliases(sources: Sources) -> Iterator[Problem]:
    """Every name leads to one category."""
    taken = {category: document.file for category, document in sources.readable_overheads}
    taken |= {
        name: f"{OVERHEAD_FOLDER}/{name}.yaml" for name in sources.overheads if name not in taken
    }
    for _, document in sources.readable_overheads:
        for index, alias in enumerate(document.list_at(("aliases",))):
            if not isinstance(alias, str):
                continue
            path = ("aliases", index)
            place = f"{document.file}:{document.mark(path)[0]}"
            owner = taken.setdefault(alias, place)
            if owner == place or owner.rpartition(":")[0] == document.file:
                continue  # a repeat within one list is the schema's to tell
            where = "the category of this file" if owner == document.file else f"taken by {owner}"
            yield document.problem(
                path,
                "alias-taken",
                found=f'is "{printable(alias)}", {where}',
                allowed="a name leads to one category",
                fix="Delete one of the two.",
            )


def declared_complexities(sources: Sources) -> Iterator[Problem]:
    """``registry.yaml`` declares complexities in rising order; overheads and no_deliverables follow it."""
    registry = sources.get("registry")
    if registry is None:
        return
    declared = [name for name in registry.list_at(("complexities",)) if name in COMPLEXITIES]
    if declared != sorted(set(declared), key=COMPLEXITIES.index) and len(set(declared)) == len(
        declared
    ):
        yield registry.problem(
            ("complexities",),
            "not-rising",
            found=f"is {listed(declared)}",
            allowed="complexities rise",
            fix=f"Write [{', '.join(sorted(declared, key=COMPLEXITIES.index))}].",
        )
    if not declared:
        return
    yield from _undeclared(registry, ("no_deliverables",), declared)
    for name in declared:
        if registry.mapping_at(("no_deliverables",)) and name not in registry.at(
            ("no_deliverables",)
        ):
            yield registry.problem(
                ("no_deliverables", name),
                "missing-complexity",
                found="is missing",
                allowed=f"complexities declares {listed(declared)}",
                fix=f"Add {name} with its tokens and basis.",
            )
    for _, document in sources.readable_overheads:
        yield from _undeclared(document, ("overhead",), declared)


def _undeclared(document: Document, path: ValuePath, declared: Sequence[str]) -> Iterator[Problem]:
    for name in document.mapping_at(path):
        if name in COMPLEXITIES and name not in declared:
            yield document.problem(
                (*path, name),
                "undeclared-complexity",
                found="has a complexity that registry.yaml does not declare",
                allowed=f"declared are {listed(declared)}",
                fix=f"Delete it, or add {name} to complexities.",
                key=True,
            )


def rising_tokens(sources: Sources) -> Iterator[Problem]:
    """Overhead and the prediction without deliverables never fall from one complexity to the next."""
    registry = sources.get("registry")
    if registry is not None:
        yield from _falling(registry, ("no_deliverables",))
    for _, document in sources.readable_overheads:
        yield from _falling(document, ("overhead",))


def _falling(document: Document, path: ValuePath) -> Iterator[Problem]:
    before: tuple[str, int] | None = None
    for complexity in COMPLEXITIES:
        tokens = document.at((*path, complexity, "tokens"))
        if not isinstance(tokens, int) or isinstance(tokens, bool):
            continue
        if before and tokens < before[1]:
            yield document.problem(
                (*path, complexity, "tokens"),
                "not-rising",
                found=f"is {tokens:,}, less than the {before[1]:,} of {before[0]}",
                allowed=f"tokens rise over {listed(COMPLEXITIES)}",
                fix=f"Write at least {before[1]}, or lower {before[0]}.",
            )
        before = complexity, tokens


def declared_cells(sources: Sources) -> Iterator[Problem]:
    """A margin of its own has only a cell that has an overhead."""
    margins = sources.get("safety_margins")
    if margins is None:
        return
    known = dict(sources.readable_overheads)
    names = {*known, *sources.overheads}
    for category, cells in margins.mapping_at(("cells",)).items():
        if not names or not CATEGORY_NAME.fullmatch(category):
            continue  # nothing to compare with, or the schema's to tell
        if category not in names:
            near = get_close_matches(printable(category), sorted(names), 1)
            yield margins.problem(
                ("cells", category),
                "undeclared-cell",
                found="names a category that has no file",
                allowed="margins belong to declared categories",
                fix=f"Did you mean {near[0]}?"
                if near
                else f"Delete it, or add {OVERHEAD_FOLDER}/{printable(category)}.yaml.",
                key=True,
            )
            continue
        overheads = known[category].mapping_at(("overhead",)) if category in known else {}
        for complexity in cells if isinstance(cells, dict) and overheads else ():
            if complexity in COMPLEXITIES and complexity not in overheads:
                yield margins.problem(
                    ("cells", category, complexity),
                    "undeclared-cell",
                    found="is the margin of a cell without overhead",
                    allowed="the fallback serves such a cell, with the default margin",
                    fix=f"Delete it, or add {complexity} to {OVERHEAD_FOLDER}/{category}.yaml.",
                    key=True,
                )
