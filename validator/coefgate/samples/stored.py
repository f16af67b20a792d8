"""What a state stores, read fast: whoever needs the samples themselves reads them strictly."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from math import inf

from coefgate.core.trees import Tree
from coefgate.samples.order import instant


@dataclass(frozen=True, slots=True)
class Stored:
    """The lines that a state stores.

    ``ids``: of every line. ``newest``: when the newest call was made whose time is known, in
    seconds since 1970 UTC; minus infinity where no line has a time. ``dated``: has any line a
    time? Where none has, something else may stand for ``newest``.
    """

    ids: Collection[str]
    newest: float
    dated: bool = True


def stored(tree: Tree) -> Stored:
    """Read what the lines below ``samples/`` say of themselves, and skip those that cannot be read."""
    found = dict(_lines(tree))
    times = [made for made in found.values() if made < inf]
    return Stored(frozenset(found), max(times, default=-inf), bool(times))


def _lines(tree: Tree) -> Iterator[tuple[str, float]]:
    for entry in tree.entries("samples"):
        if entry.kind == "file" and entry.path.endswith(".jsonl"):
            for line in tree.read(entry.path).splitlines():
                told = _told(line)
                if told is not None:
                    yield told


def _told(line: bytes) -> tuple[str, float] | None:
    """The id and the instant of a line; one that cannot be read is no stored sample, whatever it holds."""
    try:
        fields = json.loads(line)
        identity, made = fields["id"], instant(fields.get("observed_at"))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return (identity, made) if isinstance(identity, str) else None
