"""What values say of themselves beside their number: how many samples stand behind them, and which page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from coefgate.changes.contents import claimed, value_of
from coefgate.changes.registry_changes import Change, ChangeKind
from coefgate.registry.model import Registry, Value
from coefgate.registry.values import cell_of_key, keyed_values

_KINDS: Final[tuple[ChangeKind, ...]] = ("claim", "reference")


def changed_claims(
    base: Registry, head: Registry, *, another_split: bool = False
) -> Iterator[tuple[Change, Value]]:
    """Every claim of head that base does not make of the same value, with the value that makes it.

    Of a ``claim`` base and head say number, kind and samples; of a ``reference`` the page. A
    category that was renamed makes no new claim. ``another_split``: numbers differ without saying
    anything else.
    """
    for key, now in keyed_values(head):
        before = tuple(_before(key, base, head))
        if any(one.number == now.number and one.basis == now.basis for one in before):
            continue
        cell = cell_of_key(key)
        for kind in _KINDS:
            says = _rests_on if another_split and kind == "claim" else partial(claimed, kind=kind)
            if says(now) not in map(says, before):
                was, said = claimed(before[0], kind) if before else None, claimed(now, kind)
                yield (
                    Change(
                        now.name, kind, key, was, said, now.file, now.line, label=cell and cell[0]
                    ),
                    now,
                )


def _rests_on(value: Value) -> object:
    return value.basis.kind, value.basis.samples


def _before(key: tuple[str, ...], base: Registry, head: Registry) -> Iterator[Value]:
    """The values of base that may be this one, under each name that its category has."""
    keys = [key]
    if cell := cell_of_key(key):
        keys = [(key[0], name, cell[1]) for name in head.categories[cell[0]].names]
    yield from (value for one in keys if (value := value_of(base, one)) is not None)
