"""The documents of ``coefficients/`` as far as they could be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from coefgate.registry.document import Document, Mark
from coefgate.registry.files import FOLDER, OVERHEAD_FOLDER, stem

_NO_DOCUMENT: Final = Document("", None, Mark(1, 1, 1, 1, None))


@dataclass(frozen=True, slots=True)
class Documents:
    """Documents by their files; ``None`` is one that cannot be read.

    Their values may still be of a wrong type: relations look at what is right and pass over the
    rest.
    """

    files: Mapping[str, Document | None]

    def get(self, name: str) -> Document:
        """The document called ``name``; one that holds nothing where there is none to read."""
        return self.files.get(f"{FOLDER}/{name}.yaml") or _NO_DOCUMENT

    @property
    def overheads(self) -> Mapping[str, Document | None]:
        """The files of categories, by the names of the files."""
        names = {stem(file): file for file in self.files if file.startswith(f"{OVERHEAD_FOLDER}/")}
        return {name: self.files[names[name]] for name in sorted(names)}

    @property
    def readable_overheads(self) -> tuple[tuple[str, Document], ...]:
        """Pairs of a category's name, as its file says, and its document."""
        readable = ((name, document) for name, document in self.overheads.items() if document)
        said = ((name, document.at(("category",)), document) for name, document in readable)
        return tuple(
            (category if isinstance(category, str) and category else name, document)
            for name, category, document in said
        )
