"""The documents of ``coefficients/`` as far as they could be read, to check relations on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from coefgate.core.problems import Problem
from coefgate.registry.marks import Document, Mark
from coefgate.registry.wording import ValuePath, shown

_NO_DOCUMENT: Final = Document("", None, Mark(1, 1, 1, 1, None))


@dataclass(frozen=True, slots=True)
class Sources:
    """Documents by their names without ``.yaml``; ``None`` is one that cannot be read.

    Their values may still be of a wrong type: relations look at what is right and pass over the
    rest.
    """

    single: Mapping[str, Document | None]
    overheads: Mapping[str, Document | None]

    def get(self, name: str) -> Document:
        """The document called ``name``; one that holds nothing where there is none to read."""
        return self.single.get(name) or _NO_DOCUMENT

    @property
    def readable_overheads(self) -> tuple[tuple[str, Document], ...]:
        """Pairs of a category's name, as its file says, and its document."""
        pairs = ((stem, document) for stem, document in sorted(self.overheads.items()) if document)
        return tuple((_category(document) or stem, document) for stem, document in pairs)

    @property
    def documents(self) -> Iterator[Document]:
        """Every document that can be read."""
        yield from (document for document in self.single.values() if document)
        yield from (document for _, document in self.readable_overheads)


def _category(document: Document) -> str | None:
    name = document.at(("category",))
    return name if isinstance(name, str) else None


def repeated_keys(
    document: Document, of: str, key: str, code: str, allowed: str
) -> Iterator[Problem]:
    """The items of the list called ``of`` that have the same ``key`` as one before."""
    paths: list[ValuePath] = [(of, at, key) for at in range(len(document.list_at((of,))))]
    for path, line in document.repeats(paths):
        found = f"is {shown(document.at(path))}, as in line {line}"
        yield document.problem(path, code, found, allowed, "Keep one of the two.")
