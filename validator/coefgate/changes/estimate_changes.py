"""What differs between two registries, name by name: what a report lists and rules ask about.

Values are compared by what a call gets, not by where they are written: when a category is renamed
and keeps its old name as an alias, its overheads are compared with those of the new name, so that
a rename neither hides a change nor is one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from coefgate.changes.change import Change, behind, shown_interval
from coefgate.registry.key import Key, Part
from coefgate.registry.model import Category, IntervalWidths, Named, Registry, Value
from coefgate.registry.model_globs import covered
from coefgate.registry.numbers import margin_of, overhead_of


def changes(base: Registry, head: Registry) -> tuple[Change, ...]:
    """Every difference that can change an estimate, in the order of a registry's files."""
    found = (
        *_settings(base, head),
        *_applies_to(base, head),
        *_numbers(base, head, "fallback"),
        *_numbers(base, head, "no_deliverables"),
        *_overheads(base, head),
        *_aliases(base, head),
        *_numbers(base, head, "marginal"),
        *_path_rules(base, head),
        *_margins(base, head),
    )
    return tuple(_placed(change, head) if change.gone else change for change in found)


def _placed(change: Change, head: Registry) -> Change:
    """What is gone stands where head would have it: the line that it had is another one's today."""
    if not isinstance(change.key, Key):
        return change
    words = (change.key.part, *change.key.of)
    holders = (words[:end] for end in range(len(words) - 1, 0, -1))
    place = next((head.places[holder] for holder in holders if holder in head.places), None)
    return change if place is None else replace(change, file=place[0], line=place[1])


def _settings(base: Registry, head: Registry) -> Iterator[Change]:
    for name, file in (
        ("format", "registry"),
        ("semantics", "registry"),
        ("unit", "registry"),
        ("complexities", "registry"),
        ("interval", "safety_margins"),
    ):
        was, now = getattr(base, name), getattr(head, name)
        if was != now:
            yield Change(
                name,
                "setting",
                name,
                _shown(was),
                _shown(now),
                f"coefficients/{file}.yaml",
                head.lines.get(name, 1),
            )


def _shown(setting: object) -> str:
    if isinstance(setting, IntervalWidths):
        return shown_interval(setting)
    return ", ".join(setting) if isinstance(setting, tuple) else str(setting)


def _applies_to(base: Registry, head: Registry) -> Iterator[Change]:
    was, now = tuple(sorted(base.applies_to)), tuple(sorted(head.applies_to))
    if was != now:
        yield Change(
            "applies_to",
            "applies-to",
            "applies_to",
            was,
            now,
            "coefficients/registry.yaml",
            head.lines.get("applies_to", 1),
            gone=not covered(was, now),
            acknowledge=_sorted(head.acknowledge_applies_to),
        )


def _sorted(answer: Named | None) -> Named | None:
    """Lists of names are compared as sets."""
    if answer is None:
        return None
    previous, current = (
        tuple(sorted(side)) if isinstance(side, tuple) else side
        for side in (answer.previous, answer.current)
    )
    return Named(previous, current, answer.reason)


def _numbers(base: Registry, head: Registry, part: Part) -> Iterator[Change]:
    """Changes of numbers that are of no cell, so that each has the same key on both sides."""
    for key in dict.fromkeys((*base.numbers, *head.numbers)):
        if key.part == part:
            yield from _number(key, base.numbers.get(key), head.numbers.get(key))


def _cells(base: Registry, head: Registry) -> Iterator[tuple[str, str]]:
    """Labels and complexities, one for all calls that go from the same cell of base to the same of head."""
    renamed = {head.canonical_category.get(name) for name in base.categories} - set(
        base.canonical_category
    )
    labels: dict[tuple[str | None, str | None], str] = {}
    for label in (*base.categories, *(name for name in head.categories if name not in renamed)):
        labels.setdefault(
            (base.canonical_category.get(label), head.canonical_category.get(label)), label
        )
    for label in labels.values():
        for complexity in dict.fromkeys((*base.complexities, *head.complexities)):
            yield label, complexity


def _overheads(base: Registry, head: Registry) -> Iterator[Change]:
    for label, complexity in _cells(base, head):
        was, now = (overhead_of(side, label, complexity) for side in (base, head))
        category = head.canonical_category.get(label, label)
        yield from _number(Key("overhead", (category, complexity)), was, now, label)


def _aliases(base: Registry, head: Registry) -> Iterator[Change]:
    names = dict.fromkeys((*base.canonical_category, *head.canonical_category))
    for label in names:
        was, now = base.canonical_category.get(label), head.canonical_category.get(label)
        is_category = label in head.categories or (label in base.categories and now is None)
        follows = was is not None and now is not None and head.canonical_category.get(was) == now
        if is_category or was == now or follows or same_figures(base, head, label):
            continue
        about = head.categories.get(now or str(was))
        at = about or base.categories[str(was)]
        yield Change(
            f"alias.{label}",
            "alias",
            label,
            was,
            now,
            at.file,
            at.line,
            gone=now is None,
            acknowledge=_alias_answer(about, base) if about else None,
        )


def _alias_answer(category: Category, base: Registry) -> Named | None:
    """The acknowledgement beside these aliases, if it names the aliases of base and head."""
    answer = _sorted(category.acknowledge)
    before = base.categories.get(category.name)
    lists = (tuple(sorted(before.aliases)) if before else (), tuple(sorted(category.aliases)))
    return answer if answer and (answer.previous or (), answer.current or ()) == lists else None


def same_figures(base: Registry, head: Registry, label: str) -> bool:
    """Do both know this name, or neither, with the same overheads and margins?"""

    def figures(side: Registry) -> list[tuple[Fraction, Fraction] | None]:
        found = []
        for complexity in dict.fromkeys((*base.complexities, *head.complexities)):
            overhead = overhead_of(side, label, complexity)
            found.append(
                None
                if overhead is None
                else (overhead.number, margin_of(side, label, complexity).number)
            )
        return found

    return figures(base) == figures(head) and (label in base.canonical_category) == (
        label in head.canonical_category
    )


def _path_rules(base: Registry, head: Registry) -> Iterator[Change]:
    was, now = base.path_rules_fingerprint, head.path_rules_fingerprint
    if was != now:
        answer = head.acknowledge_rules
        file, line = _first_difference(base, head)
        yield Change(
            "file_kinds", "path-rules", "file_kinds", was, now, file, line, acknowledge=answer
        )


def _first_difference(base: Registry, head: Registry) -> tuple[str, int]:
    for index, rule in enumerate(head.path_rules):
        if index >= len(base.path_rules) or (rule.kind, sorted(rule.globs)) != (
            base.path_rules[index].kind,
            sorted(base.path_rules[index].globs),
        ):
            return rule.file, rule.line
    return "coefficients/file_kinds.yaml", 1


def _margins(base: Registry, head: Registry) -> Iterator[Change]:
    yield from _number(Key("margin"), base.default_margin, head.default_margin)
    for label, complexity in _cells(base, head):
        category = head.canonical_category.get(label, label)
        if overhead_of(head, label, complexity) is None:
            continue  # a cell that is gone is told with its overhead
        was, now = margin_of(base, label, complexity), margin_of(head, category, complexity)
        own_was, own_now = was is not base.default_margin, now is not head.default_margin
        if was.number == now.number or not (own_was or own_now):
            continue
        declared = now if own_now else was
        key = Key("margin", (category, complexity))
        yield Change(
            key.within(label).name,
            "margin",
            key,
            was.number,
            now.number,
            declared.file,
            declared.line,
            gone=own_was and not own_now,
            acknowledge=now.acknowledge if own_now else None,
            label=label,
        )


def _number(
    key: Key, was: Value | None, now: Value | None, label: str | None = None
) -> Iterator[Change]:
    """What differs at this key of head; the calls of ``label`` get it."""
    declared = now or was
    if declared is None:
        return
    name = key.name if label is None else key.within(label).name
    if was is not None and now is not None and was.number == now.number:
        if not key.is_factor and was.basis.measured != now.basis.measured:
            yield Change(
                f"{name}.basis",
                "basis",
                key,
                behind(was),
                behind(now),
                now.file,
                now.line,
                label=label,
            )
        return
    yield Change(
        name=name,
        kind="fallback" if key.part == "no_deliverables" else key.part,
        key=key,
        base=was.number if was else None,
        head=now.number if now else None,
        gone=now is None,
        prior=declared.basis.kind == "prior",
        claims=was is not None and now is not None and now.basis.measured > was.basis.measured,
        acknowledge=now.acknowledge if now else None,
        label=label,
        file=declared.file,
        line=declared.line,
    )
