"""The documents of ``coefficients/`` as far as they could be read: what relations are checked on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from coefgate.registry.marks import Document

FOLDER: Final = "coefficients"
OVERHEAD_FOLDER: Final = f"{FOLDER}/overhead"
REQUIRED: Final = ("registry", "marginal_costs", "file_kinds", "safety_margins", "gates")
OPTIONAL: Final = ("guardrails", "yanked")


@dataclass(frozen=True, slots=True)
class Sources:
    """Documents by their names without ``.yaml``; ``None`` is one that is there and cannot be read.

    Their values may still be of a wrong type: readers look at what is right and pass over the
    rest.
    """

    single: Mapping[str, Document | None]
    overheads: Mapping[str, Document | None]

    def get(self, name: str) -> Document | None:
        """The document called ``name``, if it is there and can be read."""
        return self.single.get(name)

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


def stem(file: str) -> str:
    """``docs`` of ``coefficients/overhead/docs.yaml``."""
    return PurePosixPath(file).stem
