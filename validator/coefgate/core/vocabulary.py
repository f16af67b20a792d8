"""The words that every part of Coefgate shares. Standard library only: a runner imports this."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, Self

Operation = Literal["create", "modify", "unknown"]
OPERATIONS: Final[tuple[Operation, ...]] = ("create", "modify", "unknown")
PRICED_OPERATIONS: Final[tuple[Operation, ...]] = ("create", "modify")
"""The operations that have a marginal cost of their own; ``unknown`` takes the dearer of them."""

COMPLEXITIES: Final[tuple[str, ...]] = ("low", "medium", "high")
"""The usual complexities in rising order; a registry declares these or others."""
MAX_COMPLEXITIES: Final = 10

CATEGORY_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")
COMPLEXITY_NAME: Final = re.compile(r"(?!(?:default|overhead)$)[a-z][a-z0-9-]*")
KIND_NAME: Final = re.compile(r"[a-z][a-z0-9_-]*")
"""Whole names of categories, complexities and file kinds; the schemas say the same.

``margin.default`` and ``fallback.overhead`` are numbers of their own, and of no cell.
"""

MAX_TOKENS: Final = 1_000_000
"""No coefficient and no observed call is larger than this many tokens."""
MAX_CHARGED_BYTES: Final = 16 * 1024 * 1024
"""No file is charged for more bytes than these, whatever its size."""
MAX_MODES: Final = 20
"""Output modes in which the size of one file kind may be charged."""

_BYTES: Final = re.compile(r"[0-9]{1,15}")
KILOBYTE: Final = 1024
"""Bytes for which a size is charged once; base tokens are computed in this part of a token."""


@dataclass(frozen=True, slots=True)
class Deliverable:
    """One file that a call is to produce.

    ``path`` is relative to the workspace, with ``/`` between folders. ``bytes_before`` is the size
    of the file before the call, ``None`` where nobody knows it or there is no file yet; semantics
    2 charges for it where files are rewritten whole.
    """

    path: str
    operation: Operation = "unknown"
    bytes_before: int | None = None

    @classmethod
    def parsed(cls, text: str) -> Self:
        """The deliverable that ``text`` spells: ``OPERATION:PATH``, or a path alone (``unknown``).

        A size in bytes stands behind the operation: ``modify@2048:README.md``. Raises
        ``ValueError``, with a sentence, where it spells none.
        """
        word, colon, path = text.partition(":")
        word, at, size = word.partition("@") if colon else (word, "", "")
        if not colon:
            word, path = "unknown", text
        if word not in OPERATIONS:
            from difflib import get_close_matches  # noqa: PLC0415 (takes a while, and is rare)

            near = get_close_matches(word, OPERATIONS, n=1)
            asked = f"; did you mean {near[0]}" if near else ""
            raise ValueError(
                f"{text!r} begins with no operation (create, modify or unknown){asked}. "
                "A path that holds a colon is written unknown:PATH."
            )
        if not path:
            raise ValueError(f"{text!r} names no path; write one as create:docs/guide.md")
        if at and (word == "create" or not _BYTES.fullmatch(size)):
            raise ValueError(
                f"{text!r} states no size: write the bytes that a file has before the call as in "
                "modify@2048:README.md; one that is created has none"
            )
        return cls(path, word, int(size) if at else None)
