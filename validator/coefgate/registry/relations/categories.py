"""Categories among each other and against ``registry.yaml``: names, complexities, margins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coefgate.core.problems import Problem
from coefgate.core.vocabulary import COMPLEXITIES, COMPLEXITY_NAME
from coefgate.registry.document import Document, Fault
from coefgate.registry.document_set import Documents
from coefgate.registry.files import OVERHEAD_FOLDER, stem
from coefgate.registry.wording import ValuePath, did_you_mean, listed, printable


def file_names(documents: Documents) -> Iterator[Problem]:
    """An overhead file is named after its category."""
    for category, document in documents.readable_overheads:
        name, said = stem(document.file), printable(category)
        if category != name:
            found = f'is "{said}" in a file called {name}.yaml'
            allowed = "the file is named after the category"
            fix = f"Rename the file to {said}.yaml, or write category: {name}."
            yield Fault("file-name", found, allowed, fix, ("category",)).at(document)


def aliases(documents: Documents) -> Iterator[Problem]:
    """Every name leads to one category."""
    taken = {name: f"{OVERHEAD_FOLDER}/{name}.yaml" for name in documents.overheads}
    taken |= {category: document.file for category, document in documents.readable_overheads}
    for _, document in documents.readable_overheads:
        for index, alias in enumerate(document.list_at(("aliases",))):
            if not isinstance(alias, str):
                continue
            path = ("aliases", index)
            place = f"{document.file}:{document.mark(path)[0]}"
            owner = taken.setdefault(alias, place)
            if owner == place or owner.rpartition(":")[0] == document.file:
                continue  # a repeat within one list is the schema's to tell
            where = "the category of this file" if owner == document.file else f"taken by {owner}"
            found, allowed = f'is "{printable(alias)}", {where}', "a name belongs to one category"
            yield Fault("alias-taken", found, allowed, "Delete one of the two.", path).at(document)


def declared_complexities(documents: Documents) -> Iterator[Problem]:
    """``registry.yaml`` declares rising complexities; overheads and no_deliverables follow it."""
    registry = documents.get("registry")
    declared = _declared(registry)
    if not declared:
        return
    usual, rising = _usual(declared)
    if usual != rising and len(set(declared)) == len(declared):
        found, fix = f"is {listed(declared)}", f"Write {listed(rising)} in this order."
        yield Fault("not-rising", found, "complexities rise", fix, ("complexities",)).at(registry)
    yield from _undeclared(registry, ("no_deliverables",), declared)
    without = registry.mapping_at(("no_deliverables",))
    for name in declared:
        if without and name not in without:
            allowed = f"complexities declares {listed(declared)}"
            fix = f"Add {name} with its tokens and basis."
            path = ("no_deliverables", name)
            yield Fault("missing-complexity", "is missing", allowed, fix, path).at(registry)
    for _, document in documents.readable_overheads:
        yield from _undeclared(document, ("overhead",), declared)


def _declared(registry: Document) -> list[str]:
    """The complexities that ``registry.yaml`` declares; none where one of them cannot be read."""
    names = registry.list_at(("complexities",))
    readable = all(isinstance(name, str) and COMPLEXITY_NAME.fullmatch(name) for name in names)
    return list(names) if readable else []


def _in_order(registry: Document) -> Sequence[str]:
    """The declared complexities; the usual ones where nothing tells which of two is higher."""
    declared = _declared(registry)
    usual, rising = _usual(declared)
    return declared if declared and usual == rising else COMPLEXITIES


def _usual(declared: Sequence[str]) -> tuple[list[str], list[str]]:
    """The usual ones of these names, as they stand and as they rise."""
    as_they_stand = [name for name in declared if name in COMPLEXITIES]
    return as_they_stand, [name for name in COMPLEXITIES if name in declared]


def _undeclared(document: Document, path: ValuePath, declared: Sequence[str]) -> Iterator[Problem]:
    for name in document.mapping_at(path):
        if COMPLEXITY_NAME.fullmatch(name) and name not in declared:
            found = "is a complexity that registry.yaml does not declare"
            allowed = f"declared are {listed(declared)}"
            fix = did_you_mean(name, declared, f"Delete it, or add {name} to complexities.")
            place = (*path, name)
            yield Fault("undeclared-complexity", found, allowed, fix, place).at(document, key=True)


def names_of_models(documents: Documents) -> Iterator[Problem]:
    """No overhead has a name that is that of a model's factor: ``model.xhigh``."""
    for category, document in documents.readable_overheads:
        for complexity in document.mapping_at(("overhead",)) if category == "model" else ():
            if COMPLEXITY_NAME.fullmatch(complexity) and complexity not in COMPLEXITIES:
                found = f"gives the name model.{complexity}, which is that of a model's factor"
                allowed = f"a category called model has the complexities {listed(COMPLEXITIES)}"
                place = ("overhead", complexity)
                fix = "Give the category another name."
                yield Fault("reserved-name", found, allowed, fix, place).at(document, key=True)


def rising_tokens(documents: Documents) -> Iterator[Problem]:
    """Overhead and no_deliverables never fall from one complexity to the next."""
    registry = documents.get("registry")
    rising = _in_order(registry)
    yield from _falling(registry, ("no_deliverables",), rising)
    for _, document in documents.readable_overheads:
        yield from _falling(document, ("overhead",), rising)


def _falling(document: Document, path: ValuePath, rising: Sequence[str]) -> Iterator[Problem]:
    before: tuple[str, int] | None = None
    for complexity in rising:
        place = (*path, complexity, "tokens")
        tokens = document.at(place)
        if not isinstance(tokens, int) or isinstance(tokens, bool):
            continue
        if before and tokens < before[1]:
            found = f"is {tokens:,}, less than the {before[1]:,} of {before[0]}"
            allowed = f"tokens rise over {listed(rising)}"
            fix = f"Write at least {before[1]}, or lower {before[0]}."
            yield Fault("not-rising", found, allowed, fix, place).at(document)
        before = complexity, tokens
