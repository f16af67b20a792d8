"""A number that is looked for in many states of a registry, under whatever name each gives it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from coefgate.core.problems import Problem
from coefgate.core.trees import Tree
from coefgate.registry.files import FOLDER
from coefgate.registry.key import Key
from coefgate.registry.lifetime import ABSENT, Held
from coefgate.registry.marks import Document
from coefgate.registry.model import Registry, Value
from coefgate.registry.reading import Memo


@dataclass(frozen=True, slots=True)
class Sought:
    """A number; ``labels``: what its category is called, best first, none where it is of no cell."""

    key: Key
    labels: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys to look under, best first."""
        return tuple(map(self.key.within, self.labels)) or (self.key,)

    def found_as(self, category: str, registry: Registry) -> Sought:
        """The same, knowing what the category is called in ``registry``: older states may say that."""
        called = registry.categories[category].names
        return replace(self, labels=tuple(dict.fromkeys((self.labels[0], *called))))


def sought(name: str) -> Sought | None:
    """What is looked for under a name that somebody wrote; ``None`` where no number is called so."""
    key = Key.named(name)
    if key is None:
        return None
    return Sought(key, (key.category,) if key.category else ())


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
    known = (key for key in wanted.keys if key.category in registry.canonical_category)
    key = next(known, None) if wanted.labels else wanted.key
    if key is None:
        return None, None
    if key.category is None:
        return registry.numbers.get(key), None
    category = registry.canonical_category[key.category]
    return registry.numbers.get(key.within(category)), category


def _unchecked(wanted: Sought, problem: Problem | None, tree: Tree, memo: Memo) -> Held:
    """What the file says although the registry around it is invalid."""
    for key, document in _documents(wanted, tree, memo):
        number = _number(document, key)
        if number is not None:
            line, _ = document.mark(key.path)
            return Held(key.name, number, None, document.file, line, problem)
    return Held(problem=problem)


def _documents(wanted: Sought, tree: Tree, memo: Memo) -> Iterator[tuple[Key, Document]]:
    """Files that may hold the number, as far as they could be read, with the key that it has there."""
    files = [entry.path for entry in tree.entries(FOLDER) if entry.kind == "file"]
    read = ((file, memo.get((file, tree.read(file)), (None, ()))[0]) for file in files)
    documents = {file: document for file, document in read if document is not None}
    if wanted.key.part == "overhead":
        for key in wanted.keys:
            for document in documents.values():
                names = (document.at(("category",)), *document.list_at(("aliases",)))
                if key.category in names:
                    yield key.within(str(names[0])), document
        return
    home = f"{FOLDER}/{wanted.key.file}"
    if home in documents:
        yield from ((key, documents[home]) for key in wanted.keys)


def _number(document: Document, key: Key) -> Fraction | None:
    number = document.at(key.path)
    if isinstance(number, bool) or not isinstance(number, int | Decimal):
        return None
    return Fraction(number)
