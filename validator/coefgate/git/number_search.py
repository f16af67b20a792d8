"""A number that is looked for in many states of a registry, under whatever name each gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from coefgate.core.problems import Problem
from coefgate.core.trees import Tree
from coefgate.registry.editing import place_of
from coefgate.registry.lifetime import ABSENT, Held
from coefgate.registry.marks import Document
from coefgate.registry.model import Registry, Value
from coefgate.registry.reading import Memo
from coefgate.registry.sources import FOLDER
from coefgate.registry.values import overhead_of, values_of

_MARGIN = "margin."


@dataclass(frozen=True, slots=True)
class Sought:
    """A dotted name; ``labels``: what its category is called, best first, none where no category is in it."""

    name: str
    prefix: str
    labels: tuple[str, ...]
    complexity: str

    @property
    def names(self) -> tuple[str, ...]:
        """The dotted names to look under, best first."""
        if not self.labels:
            return (self.name,)
        return tuple(f"{self.prefix}{label}.{self.complexity}" for label in self.labels)

    def found_as(self, category: str, registry: Registry) -> Sought:
        """The same, knowing what the category is called in ``registry``: older states may say that."""
        called = registry.categories[category].names
        return replace(self, labels=tuple(dict.fromkeys((self.labels[0], *called))))


def sought(name: str) -> Sought:
    """What is looked for under a name that somebody wrote."""
    if name.startswith(("marginal.", "no_deliverables.")) or name in (
        "margin.default",
        "fallback.overhead",
    ):
        return Sought(name, "", (), "")
    prefix = _MARGIN if name.startswith(_MARGIN) and name.count(".") > 1 else ""
    label, _, complexity = name.removeprefix(prefix).rpartition(".")
    return Sought(name, prefix, (label,) if label else (), complexity)


def held_in(
    wanted: Sought, registry: Registry | None, problem: Problem | None, tree: Tree, memo: Memo
) -> tuple[Held, Sought]:
    """What a state holds, and what to look for in older ones.

    ``registry``: as it was read from ``tree`` with ``memo``, or ``None``, and then ``problem``
    says why.
    """
    if registry is None:
        return _unchecked(wanted, problem, tree, memo), wanted
    value, category = _value(wanted, registry)
    if category is not None:
        wanted = wanted.found_as(category, registry)
    if value is None:
        return ABSENT, wanted
    return Held(value.name, value.number, value.basis.kind, value.file, value.line), wanted


def _value(wanted: Sought, registry: Registry) -> tuple[Value | None, str | None]:
    """The number, if the registry declares it, and its category, if the registry has that."""
    if not wanted.labels:
        return values_of(registry).get(wanted.name), None
    category = next(
        (found for label in wanted.labels if (found := registry.canonical_category.get(label))),
        None,
    )
    if category is None:
        return None, None
    if wanted.prefix:
        return registry.cell_margins.get((category, wanted.complexity)), category
    return overhead_of(registry, category, wanted.complexity), category


def _unchecked(wanted: Sought, problem: Problem | None, tree: Tree, memo: Memo) -> Held:
    """What the file says although the registry around it is invalid."""
    for name, document in _documents(wanted, tree, memo):
        number = _number(document, name)
        if number is not None:
            line, _ = document.mark(place_of(name))
            return Held(name, number, None, document.file, line, problem)
    return Held(problem=problem)


def _documents(wanted: Sought, tree: Tree, memo: Memo) -> Iterator[tuple[str, Document]]:
    """Files that may hold the number, as far as they could be read, with the name that it has there."""
    files = [entry.path for entry in tree.entries(FOLDER) if entry.kind == "file"]
    read = ((file, memo.get((file, tree.read(file)), (None, ()))[0]) for file in files)
    documents = {file: document for file, document in read if document is not None}
    if wanted.labels and not wanted.prefix:
        for label in wanted.labels:
            for document in documents.values():
                names = (document.at(("category",)), *document.list_at(("aliases",)))
                if label in names:
                    yield f"{names[0]}.{wanted.complexity}", document
        return
    home = _home(wanted.name)
    if home in documents:
        yield from ((name, documents[home]) for name in wanted.names)


def _home(name: str) -> str:
    for start, file in (("marginal.", "marginal_costs"), (_MARGIN, "safety_margins")):
        if name.startswith(start):
            return f"{FOLDER}/{file}.yaml"
    return f"{FOLDER}/registry.yaml"


def _number(document: Document, name: str) -> Fraction | None:
    try:
        number = document.at(place_of(name))
    except ValueError:
        return None
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        return None
    return Fraction(number)
