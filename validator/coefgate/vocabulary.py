"""The words that every part of Coefgate shares. Standard library only: a runner imports this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Operation = Literal["create", "modify", "unknown"]
OPERATIONS: Final[tuple[Operation, ...]] = ("create", "modify", "unknown")
PRICED_OPERATIONS: Final[tuple[Operation, ...]] = ("create", "modify")
"""The operations that have a marginal cost of their own; ``unknown`` takes the dearer of them."""

COMPLEXITIES: Final[tuple[str, ...]] = ("low", "medium", "high")
"""Every complexity that a registry may declare, in rising order."""

MAX_TOKENS: Final = 1_000_000
"""No coefficient and no observed call is larger than this many tokens."""


@dataclass(frozen=True, slots=True)
class Deliverable:
    """One file that a call is to produce.

    ``path`` is relative to the workspace, with ``/`` between folders. ``bytes_before`` is the size of
    the file before the call, ``None`` where nobody recorded it or the file did not exist.
    """

    path: str
    operation: Operation = "unknown"
    bytes_before: int | None = None
