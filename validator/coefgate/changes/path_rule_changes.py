"""How the ordered path rules of two registries differ, glob by glob."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from coefgate.core.paths import alternatives
from coefgate.registry.files import FOLDER
from coefgate.registry.model import Coefficients

GlobStep = Literal["added", "removed", "kind", "moved", "default"]


@dataclass(frozen=True, slots=True)
class GlobDifference:
    """One glob that is new, gone, of another file kind, or tried at another place in the order.

    ``base`` and ``head``: its file kind on either side, ``None`` where it is not there;
    ``default``, whose glob is empty, is about the kind of all other paths. ``base_rule`` and
    ``head_rule``: which rule it belongs to, from 1. ``file`` and ``line`` are head's, base's where
    it is gone.
    """

    glob: str
    base: str | None
    head: str | None
    base_rule: int | None
    head_rule: int | None
    file: str
    line: int

    @property
    def step(self) -> GlobStep:
        """What happens to it."""
        if not self.glob:
            return "default"
        if self.base is None or self.head is None:
            return "added" if self.base is None else "removed"
        return "moved" if self.base == self.head else "kind"


def single_globs(registry: Coefficients) -> frozenset[tuple[str, str]]:
    """Pairs of file kind and glob, each choice written out: what is taken, however written."""
    return frozenset(
        (rule.kind, single)
        for rule in registry.path_rules
        for glob in rule.globs
        for single in alternatives(glob)
    )


def ordered_globs(
    registry: Coefficients, wanted: frozenset[tuple[str, str]]
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The path rules, wanted single globs only; neighbours of one kind are one rule."""
    rules: list[tuple[str, tuple[str, ...]]] = []
    for rule in registry.path_rules:
        singles = (single for glob in rule.globs for single in alternatives(glob))
        globs = tuple(single for single in singles if (rule.kind, single) in wanted)
        if globs and rules and rules[-1][0] == rule.kind:
            globs += rules.pop()[1]
        if globs:
            rules.append((rule.kind, tuple(sorted(globs))))
    return tuple(rules)


class _Tried(NamedTuple):
    """Where a glob is tried; ``kind`` is ``None`` and ``number`` 0 where it is not."""

    kind: str | None = None
    number: int = 0
    place: tuple[str, int] = (f"{FOLDER}/file_kinds.yaml", 1)


def glob_differences(base: Coefficients, head: Coefficients) -> tuple[GlobDifference, ...]:
    """What differs, in head's order, then what is gone; order within one rule is no difference."""
    was, now = _places(base), _places(head)
    moved = _moved(was, now)
    sides = [(glob, was.get(glob, _Tried()), now.get(glob, _Tried())) for glob in now | was]
    sides.append(("", _Tried(base.default_kind), _Tried(head.default_kind)))
    return tuple(
        GlobDifference(
            glob,
            *(before.kind, after.kind),
            *(before.number or None, after.number or None),
            *(after if after.kind else before).place,
        )
        for glob, before, after in sides
        if before.kind != after.kind or glob in moved
    )


def _places(registry: Coefficients) -> dict[str, _Tried]:
    """Where each glob is tried first; a valid registry has it once."""
    return {
        glob: _Tried(rule.kind, number, (rule.file, rule.line))
        for number, rule in reversed(list(enumerate(registry.path_rules, 1)))
        for glob in rule.globs
    }


def _moved(was: dict[str, _Tried], now: dict[str, _Tried]) -> frozenset[str]:
    """Globs of both sides that change places with another one; as few as explain the new order."""
    both = [glob for glob in was if glob in now]
    before = sorted(both, key=lambda glob: (was[glob].number, now[glob].number))
    after = sorted(both, key=lambda glob: (now[glob].number, was[glob].number))
    stay = {
        glob
        for block in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
        for glob in before[block.a : block.a + block.size]
    }
    return frozenset(both) - stay
