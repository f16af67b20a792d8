"""What values say of themselves beside their number: the samples behind them, and the page."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from coefgate.changes.change import Change, ChangeKind, claimed
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, Value
from coefgate.registry.numbers import value_of

_KINDS: Final[tuple[ChangeKind, ...]] = ("claim", "reference")


def changed_claims(
    base: Coefficients, head: Coefficients, *, another_split: bool = False
) -> Iterator[tuple[Change, Value]]:
    """Every claim of head that base does not make of the same value, with the value that makes it.

    Of a ``claim`` base and head say number, kind and samples; of a ``reference`` the page. A
    category that was renamed makes no new claim. ``another_split``: numbers differ without saying
    anything else.
    """
    for key, now in head.numbers.items():
        before = tuple(_before(key, base, head))
        if any(one.number == now.number and one.basis == now.basis for one in before):
            continue
        for kind in _KINDS:
            says = _rests_on if another_split and kind == "claim" else partial(claimed, kind=kind)
            if says(now) not in map(says, before):
                was, said = claimed(before[0], kind) if before else None, claimed(now, kind)
                change = Change(
                    key.name, kind, key, was, said, now.file, now.line, label=key.category
                )
                yield change, now


def _rests_on(value: Value) -> object:
    return value.basis.kind, value.basis.samples


def _before(key: Key, base: Coefficients, head: Coefficients) -> Iterator[Value]:
    """The values of base that may be this one, under each name that its category has."""
    category = key.category
    keys = [key] if category is None else map(key.within, head.categories[category].names)
    yield from (value for one in keys if (value := value_of(base, one)) is not None)
