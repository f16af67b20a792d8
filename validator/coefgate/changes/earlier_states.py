"""What a registry held at earlier times, to tell what a change brings back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache

from coefgate.changes.change import Change, Content, content_of, names_before
from coefgate.changes.estimate_changes import changes
from coefgate.changes.path_rule_changes import ordered_globs, single_globs
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients


class Earlier:
    """Asks the accepted states of a target branch about changes from ``base`` to ``head``.

    ``registries``: the valid ones among them, the newest first; questions that need not see all
    stop early. ``steps``: before and after of every accepted change, the newest first. ``head``
    may be replaced by another that differs from it in numbers only.
    """

    def __init__(
        self,
        registries: Callable[[], Iterable[Coefficients]],
        base: Coefficients,
        head: Coefficients,
        *,
        steps: Callable[[], Iterable[tuple[Coefficients, Coefficients]]] = tuple,
    ) -> None:
        self._registries, self._steps = registries, steps
        self._base, self._head = base, head
        self._every = cache(lambda: tuple(registries()))
        self._contents = cache(self._read)
        self._sets = cache(self._set_returned)

    def returned(self, change: Change) -> bool:
        """Did an earlier state hold what head does? Path rules and models are asked one by one."""
        if change.kind in {"path-rules", "applies-to"}:
            return self._sets(change.kind)
        return change.head in self._of(change)

    def last(self, change: Change) -> Content | None:
        """What the newest state that knew this name held; ``None`` where none did."""
        return next((content for content in self._of(change) if content is not None), None)

    def takes_back(self, found: Sequence[Change]) -> bool:
        """Are the changes from base to head one accepted change taken back, and nothing else?"""
        wanted = _content(found, self._base, self._head)
        return any(
            _content(changes(after, before), after, before) == wanted
            for before, after in self._steps()
        )

    def _of(self, change: Change) -> tuple[Content | None, ...]:
        names = names_before(change, self._base, self._head)
        return self._contents(change.kind, change.key, names)

    def _read(
        self, kind: str, key: Key | str, names: tuple[str, ...]
    ) -> tuple[Content | None, ...]:
        found = (content_of(registry, kind, key, names) for registry in self._every())
        return tuple(dict.fromkeys(found))

    def _set_returned(self, kind: str) -> bool:
        if kind == "applies-to":
            return self._each_returned(_models)
        common = single_globs(self._base) & single_globs(self._head)
        return self._each_returned(_path_rules) and self._order_returned(common)

    def _each_returned(self, members: Callable[[Coefficients], frozenset[object]]) -> bool:
        """Was each member that comes there before, and each that goes once not there?"""
        now = members(self._head)
        waiting = members(self._base) ^ now
        for registry in self._registries():
            if not waiting:
                break
            held = members(registry)
            waiting = frozenset(one for one in waiting if (one in held) != (one in now))
        return not waiting

    def _order_returned(self, common: frozenset[tuple[str, str]]) -> bool:
        """Is the order the same, or did an earlier state order as head does, and not as base?"""
        if ordered_globs(self._base, common) == ordered_globs(self._head, common):
            return True
        for registry in self._registries():
            known = common & single_globs(registry)
            order = ordered_globs(registry, known)
            if order == ordered_globs(self._head, known) != ordered_globs(self._base, known):
                return True
        return False


def _content(
    found: Iterable[Change], base: Coefficients, head: Coefficients
) -> frozenset[tuple[object, ...]]:
    """What the changes do, key by key; of lists what comes and goes: the rest is of others."""

    def sides(change: Change) -> tuple[object, object]:
        if change.kind == "applies-to":
            models = _models(base), _models(head)
            return models[0] - models[1], models[1] - models[0]
        if change.kind == "path-rules":
            rules = single_globs(base), single_globs(head)
            kinds = (base.default_kind, head.default_kind)
            return rules[0] - rules[1], (rules[1] - rules[0], kinds)
        return change.base, change.head

    return frozenset((change.kind, change.key, *sides(change)) for change in found)


def _models(registry: Coefficients) -> frozenset[str]:
    return frozenset(registry.applies_to)


def _path_rules(registry: Coefficients) -> frozenset[tuple[str, str]]:
    return single_globs(registry) | {(registry.default_kind, "")}
