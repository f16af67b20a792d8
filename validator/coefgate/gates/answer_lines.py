"""The lines of YAML with which an author answers a rule beside what it objects to."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from coefgate.changes.change import Change, Content
from coefgate.registry.model import Registry
from coefgate.registry.numbers import written
from coefgate.registry.yaml_scalars import listed_scalar

Returned = Callable[[Change], bool]
Last = Callable[[Change], Content | None]


def as_it_was(before: Content | None) -> str:
    """The way on for a name that was taken out and comes back with another figure; empty for a new one."""
    if before is None:
        return ""
    return f"it was {shown(before)} before it was taken out: bring it back so, and change it afterwards"


def step(before: Content | None, after: Content | None) -> str:
    """The line of YAML that acknowledges a step from one number to another."""
    return f'acknowledge: {{from: {shown(before)}, to: {shown(after)}, reason: "…"}}'


def answer_to(change: Change, base: Registry, head: Registry) -> str:
    """The line of YAML that acknowledges a change of any kind."""
    if change.kind == "alias":
        lists = []
        for side in (base, head):
            category = side.categories.get(str(change.head))
            lists.append(
                f"[{', '.join(map(listed_scalar, category.aliases if category else ()))}]"
            )
        return f'acknowledge: {{from: {lists[0]}, to: {lists[1]}, reason: "…"}}'
    if change.kind == "path-rules":
        return f'acknowledge: {{from: "{change.base}", to: "{change.head}", reason: "…"}}'
    if change.kind == "applies-to":
        sides = [f"[{', '.join(map(listed_scalar, side.applies_to))}]" for side in (base, head)]
        return f'acknowledge: {{applies_to: {{from: {sides[0]}, to: {sides[1]}, reason: "…"}}}}'
    return step(change.base, change.head)


def shown(content: object) -> str:
    """A value as it stands in YAML."""
    if content is None:
        return "nothing"
    if isinstance(content, Fraction):
        return written(content)
    return ", ".join(content) if isinstance(content, tuple) else str(content)
