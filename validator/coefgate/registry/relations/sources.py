"""The documents of ``coefficients/`` as far as they could be read, to check relations on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from coefgate.registry.marks import Document, Mark

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
        said = ((stem, document.at(("category",)), document) for stem, document in pairs)
        return tuple(
            (name if isinstance(name, str) and name else stem, document)
            for stem, name, document in said
        )

    @property
    def documents(self) -> Iterator[Document]:
        """Every document that can be read."""
        yield from (document for document in self.single.values() if document)
        yield from (document for _, document in self.readable_overheads)
