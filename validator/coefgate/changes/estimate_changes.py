"""What differs between two registries, name by name: what a report lists and rules ask about.

Values are compared by what a call gets, so that a rename neither hides a change nor is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import product, zip_longest
from typing import Any, Final

from coefgate.changes.change import UNKNOWN, Change, ChangeKind, behind
from coefgate.changes.interval_changes import interval_changes
from coefgate.changes.interval_words import shown_interval
from coefgate.changes.model_factor_changes import model_factor_changes
from coefgate.registry.files import FOLDER
from coefgate.registry.key import Key, Part
from coefgate.registry.model import Acknowledgement, Category, Coefficients, Names
from coefgate.registry.model_globs import covered
from coefgate.registry.numbers import margin_of, overhead_of, value_of

_KINDS: Final[Mapping[Part, ChangeKind]] = {
    "overhead": "overhead",
    "marginal": "marginal",
    "per_kilobyte": "marginal",
    "margin": "margin",
    "fallback": "fallback",
    "no_deliverables": "fallback",
    "model": "model",
    "retry": "retry",
}


def changes(base: Coefficients, head: Coefficients) -> tuple[Change, ...]:
    """Every difference that can change an estimate, in the order of a registry's files."""
    cells = _cells(base, head)
    without = dict.fromkeys((*base.no_deliverables, *head.no_deliverables))
    retries = dict.fromkeys((*base.retry, *head.retry))
    costs = dict.fromkeys((*base.marginal_costs, *head.marginal_costs))
    sizes = dict.fromkeys((*base.per_kilobyte, *head.per_kilobyte))
    found = (
        *_settings(base, head),
        *_applies_to(base, head),
        *_numbers(base, head, Key("fallback")),
        *_numbers(base, head, *(Key("no_deliverables", (one,)) for one in without)),
        *_numbers(base, head, *(Key("retry", (one,)) for one in retries)),
        *_numbers(base, head, *(Key("overhead", cell) for cell in cells)),
        *_aliases(base, head),
        *_numbers(base, head, *(Key("marginal", cost) for cost in costs)),
        *_numbers(base, head, *(Key("per_kilobyte", (kind,)) for kind in sizes)),
        *_sizes(base, head),
        *_path_rules(base, head),
        *_numbers(base, head, Key("margin")),
        *_margins(base, head, cells),
        *model_factor_changes(base, head),
        *(one.change for one in interval_changes(base, head) if one.changes_estimates),
    )
    return tuple(_placed(change, head) if change.gone else change for change in found)


def _placed(change: Change, head: Coefficients) -> Change:
    """What is gone stands where head would have it: its old line is another one's today."""
    if not isinstance(change.key, Key):
        return change
    words = (change.key.part, *change.key.of)
    holders = (words[:end] for end in range(len(words) - 1, 0, -1))
    place = next((head.places[holder] for holder in holders if holder in head.places), None)
    return change if place is None else replace(change, file=place[0], line=place[1])


def _settings(base: Coefficients, head: Coefficients) -> Iterator[Change]:
    for name in ("format", "semantics", "unit", "complexities", "interval", "output_mode"):
        was, now = getattr(base, name), getattr(head, name)
        if was != now:
            file = f"{FOLDER}/{'safety_margins' if name == 'interval' else 'registry'}.yaml"
            line = head.lines.get(name, 1)
            shown = shown_interval if name == "interval" else _shown
            answer = head.acknowledge_output_mode if name == "output_mode" else None
            sides, told = (shown(was), shown(now)), _told(answer)
            yield Change(name, "setting", name, *sides, file, line, acknowledge=told)


def _sizes(base: Coefficients, head: Coefficients) -> Iterator[Change]:
    """How the sizes of a file kind are charged on both sides, but for the number."""
    for kind, one in head.per_kilobyte.items():
        before = base.per_kilobyte[kind].settings if kind in base.per_kilobyte else one.settings
        for setting, now in one.settings.items():
            if before[setting] != now:
                name = f"{one.value.name}.{setting}"
                place = one.value.file, one.lines.get(setting, one.value.line)
                sides, answer = (
                    (_shown(before[setting]), _shown(now)),
                    one.acknowledged.get(setting),
                )
                yield Change(name, "setting", name, *sides, *place, acknowledge=_told(answer))


def _told(answer: Acknowledgement[Any] | None) -> Acknowledgement[Names] | None:
    """An acknowledgement of a setting, in the words of its change."""
    if answer is None:
        return None
    return Acknowledgement(_shown(answer.previous), _shown(answer.current), answer.reason)


def _shown(setting: object) -> str:
    if setting is None:
        return UNKNOWN
    return ", ".join(setting) if isinstance(setting, tuple) else str(setting)


def _applies_to(base: Coefficients, head: Coefficients) -> Iterator[Change]:
    was, now = tuple(sorted(base.applies_to)), tuple(sorted(head.applies_to))
    if was != now:
        place = f"{FOLDER}/registry.yaml", head.lines.get("applies_to", 1)
        gone, answer = not covered(was, now), _sorted(head.acknowledge_applies_to)
        named = "applies_to"
        yield Change(named, "applies-to", named, was, now, *place, gone, acknowledge=answer)


def _sorted(answer: Acknowledgement[Names] | None) -> Acknowledgement[Names] | None:
    """Lists of names are compared as sets."""

    def side(names: Names) -> Names:
        return tuple(sorted(names)) if isinstance(names, tuple) else names

    return answer and Acknowledgement(side(answer.previous), side(answer.current), answer.reason)


def _cells(base: Coefficients, head: Coefficients) -> tuple[tuple[str, str], ...]:
    """Labels and complexities, one for all calls that go from one cell of base to one of head."""
    led = base.canonical_category, head.canonical_category
    renamed = {led[1].get(name) for name in base.categories} - led[0].keys()
    labels: dict[tuple[str | None, str | None], str] = {}
    for label in (*base.categories, *(name for name in head.categories if name not in renamed)):
        labels.setdefault((led[0].get(label), led[1].get(label)), label)
    complexities = dict.fromkeys((*base.complexities, *head.complexities))
    return tuple(product(labels.values(), complexities))


def _numbers(base: Coefficients, head: Coefficients, *asked: Key) -> Iterator[Change]:
    """What differs at these keys; those of cells say a label whose calls get the number."""
    for one in asked:
        was, now, key, label = value_of(base, one), value_of(head, one), one, one.category
        if label is not None:
            key = one.within(head.canonical_category.get(label, label))
        if was and now and was.number == now.number:
            counts = key.part != "margin"  # whose basis is in no estimate
            if counts and was.basis.measured != now.basis.measured:
                sides, place = (behind(was), behind(now)), (now.file, now.line)
                yield Change(f"{one.name}.basis", "basis", key, *sides, *place, label=label)
        elif declared := now or was:
            yield Change(
                one.name,
                _KINDS[key.part],
                key,
                was.number if was else None,
                now.number if now else None,
                *(declared.file, declared.line),
                gone=now is None,
                prior=declared.basis.kind == "prior",
                claims=bool(was and now and now.basis.measured > was.basis.measured),
                acknowledge=now.acknowledge if now else None,
                label=label,
            )


def _aliases(base: Coefficients, head: Coefficients) -> Iterator[Change]:
    names = dict.fromkeys((*base.canonical_category, *head.canonical_category))
    for label in names:
        was, now = base.canonical_category.get(label), head.canonical_category.get(label)
        is_category = label in head.categories or (label in base.categories and now is None)
        follows = was is not None and now is not None and head.canonical_category.get(was) == now
        if is_category or was == now or follows or same_figures(base, head, label):
            continue
        about = head.categories.get(now or str(was))
        at = about or base.categories[str(was)]
        gone, answer = now is None, _alias_answer(about, base) if about else None
        name, place = f"alias.{label}", (at.file, at.line)
        yield Change(name, "alias", label, was, now, *place, gone, acknowledge=answer)


def _alias_answer(category: Category, base: Coefficients) -> Acknowledgement[Names] | None:
    """The acknowledgement beside these aliases, if it names the aliases of base and head."""
    answer = _sorted(category.acknowledge)
    before = base.categories.get(category.name)
    lists = (tuple(sorted(before.aliases)) if before else (), tuple(sorted(category.aliases)))
    return answer if answer and (answer.previous or (), answer.current or ()) == lists else None


def same_figures(base: Coefficients, head: Coefficients, label: str) -> bool:
    """Do both know this name, or neither, with the same overheads and margins?"""
    cells = [(label, one) for one in dict.fromkeys((*base.complexities, *head.complexities))]

    def figures(side: Coefficients) -> object:
        served = ((cell, overhead_of(side, *cell)) for cell in cells)
        found = [one and (one.number, margin_of(side, *cell).number) for cell, one in served]
        return label in side.canonical_category, found

    return figures(base) == figures(head)


def _path_rules(base: Coefficients, head: Coefficients) -> Iterator[Change]:
    was, now = base.path_rules_fingerprint, head.path_rules_fingerprint
    if was != now:
        place, answer = _first_difference(base, head), head.acknowledge_rules
        named = "file_kinds"
        yield Change(named, "path-rules", named, was, now, *place, acknowledge=answer)


def _first_difference(base: Coefficients, head: Coefficients) -> tuple[str, int]:
    for rule, was in zip_longest(head.path_rules, base.path_rules[: len(head.path_rules)]):
        if was is None or (rule.kind, sorted(rule.globs)) != (was.kind, sorted(was.globs)):
            return rule.file, rule.line
    return f"{FOLDER}/file_kinds.yaml", 1


def _margins(
    base: Coefficients, head: Coefficients, cells: Iterable[tuple[str, str]]
) -> Iterator[Change]:
    for one in (Key("margin", cell) for cell in cells):
        was, now = margin_of(base, *one.of), value_of(head, one)
        if now is None or was.number == now.number:
            continue  # a cell that is gone is told with its overhead
        own_was, own_now = was is not base.default_margin, now is not head.default_margin
        if own_was or own_now:
            declared = now if own_now else was
            label = one.of[0]
            yield Change(
                one.name,
                "margin",
                one.within(head.canonical_category[label]),
                was.number,
                now.number,
                *(declared.file, declared.line),
                gone=not own_now,
                acknowledge=now.acknowledge if own_now else None,
                label=label,
            )
