"""``coefficients/`` of a tree → Registry, or every problem of every file at once."""

from __future__ import annotations

from coefgate.problems import InvalidInput, Problem
from coefgate.registry.assembly import assemble
from coefgate.registry.documents import MAX_BYTES, Document, read_document
from coefgate.registry.inventory import inventory, too_large
from coefgate.registry.model import Registry
from coefgate.registry.relations import relation_problems
from coefgate.registry.schemas import schema_problems
from coefgate.registry.sources import FOLDER, Sources, stem
from coefgate.trees import Tree


def read_registry(tree: Tree) -> Registry:
    """The registry in ``tree``. Raises ``InvalidInput`` with every problem there is."""
    registry, problems = registry_problems(tree)
    if registry is None:
        raise InvalidInput(problems)
    return registry


def registry_problems(tree: Tree) -> tuple[Registry | None, tuple[Problem, ...]]:
    """The registry in ``tree``, or ``None`` with every problem there is, in the order of places."""
    found = inventory(tree.entries(FOLDER))
    problems = list(found.problems)
    single: dict[str, Document | None] = {}
    overheads: dict[str, Document | None] = {}
    for file, schema in found.schemas.items():
        document, in_document = _read(tree, file, schema)
        problems += in_document
        if schema == "overhead":
            overheads[stem(file)] = document
        else:
            single[schema] = document
    problems += relation_problems(Sources(single, overheads))
    if problems:
        return None, tuple(sorted(set(problems)))
    return assemble(_readable(single), _readable(overheads)), ()


def _read(tree: Tree, file: str, schema: str) -> tuple[Document | None, tuple[Problem, ...]]:
    content = tree.read(file)
    if len(content) > MAX_BYTES:  # it grew after it was listed
        return None, (too_large(file, len(content)),)
    document, problems = read_document(content, file)
    return document, (*problems, *(schema_problems(document, schema) if document else ()))


def _readable(documents: dict[str, Document | None]) -> dict[str, Document]:
    return {name: document for name, document in documents.items() if document is not None}
