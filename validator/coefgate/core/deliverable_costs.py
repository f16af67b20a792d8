"""What the files of a call cost, one by one: what is known of each decides its price."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from coefgate.core.table import Table
from coefgate.core.vocabulary import KILOBYTE, Deliverable, Operation

_EXISTING: Final[dict[bool, Operation]] = {True: "modify", False: "create"}


class DeliverableCost(NamedTuple):
    """What one deliverable adds, in tokens before the margin, and why.

    ``operation``: the one that was priced, so ``create`` or ``modify`` where the workspace
    decided; one that stays ``unknown`` was priced as the dearer of both. ``size_tokens``: what the
    file's size adds, exactly, for ``size_bytes`` that are charged; both are 0 where none is.
    """

    path: str
    operation: Operation
    kind: str
    tokens: int
    size_tokens: float = 0.0
    size_bytes: int = 0


def priced_deliverables(
    table: Table,
    deliverables: Sequence[Deliverable],
    exists: Callable[[str], bool] | None,
    output_mode: str | None,
    size: Callable[[str], int | None] | None,
) -> tuple[tuple[DeliverableCost, ...], int, int]:
    """What the deliverables cost, their sum in 1/1024 tokens, and how much of it is measured.

    ``exists``, ``output_mode`` and ``size`` are those of ``estimate``. Raises ``ValueError`` for
    an operation that does not exist and for a size that is no whole number from 0.
    """
    rewrites = table.rewrites_in(output_mode)
    items = []
    base = measured = 0
    for deliverable in deliverables:
        path, operation = deliverable.path, deliverable.operation
        before = deliverable.bytes_before
        if before is not None:
            _check_size(path, before)
        if operation == "unknown":
            operation, before = _found(table, path, before, exists, size)
        kind = table.kind_of(path)
        try:
            cost = table.marginal[operation][kind]
        except KeyError:
            words = f"operation is {operation!r}; it is create, modify or unknown"
            raise ValueError(words) from None
        rewrite = rewrites.get((operation, kind)) if rewrites else None
        parts = charged = 0
        if rewrite is not None:
            if before is None and size is not None and operation == "modify":
                before = _size_of(path, size)
            cost, charged = rewrite.cost, rewrite.charged(before)
            parts = rewrite.per_kilobyte.tokens * charged
            if rewrite.per_kilobyte.measured:
                measured += parts
        base += cost.tokens * KILOBYTE + parts
        if cost.measured:
            measured += cost.tokens * KILOBYTE
        sized = parts / KILOBYTE
        items.append(DeliverableCost(path, operation, kind, cost.tokens, sized, charged))
    return tuple(items), base, measured


def _found(
    table: Table,
    path: str,
    before: int | None,
    exists: Callable[[str], bool] | None,
    size: Callable[[str], int | None] | None,
) -> tuple[Operation, int | None]:
    """The operation and the size of a file that a call may create or modify.

    It stays ``unknown`` where neither its size nor the workspace tells. Under semantics 1 a size
    tells nothing.
    """
    if table.sizes_tell and before is None and exists is None and size is not None:
        before = _size_of(path, size)
    if table.sizes_tell and before is not None:
        return "modify", before
    return ("unknown" if exists is None else _EXISTING[exists(path)]), before


def _size_of(path: str, size: Callable[[str], int | None]) -> int | None:
    found = size(path)
    if found is not None:
        _check_size(path, found)
    return found


def _check_size(path: str, size: int) -> None:
    if type(size) is not int or size < 0:
        found = f"the size of {path!r} before the call is {size!r}"
        raise ValueError(f"{found}; it is a whole number of bytes from 0, or None")
