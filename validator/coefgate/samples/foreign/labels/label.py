"""What a call is labelled: by its source, by whoever stores it, or by rules, in this order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from coefgate.core.paths import glob_regex
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.labels import LabelRule
from coefgate.samples.foreign.call import LabelOrigin

_KNOWN_LEAST: Final[tuple[LabelOrigin, ...]] = ("rule", "declared", "logged")
_BETWEEN_WORDS: Final = re.compile(r"[^a-z0-9]+")


class Label(NamedTuple):
    """Category and complexity, ``None`` where unknown, and where they come from."""

    category: str | None = None
    complexity: str | None = None
    origin: LabelOrigin | None = None


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """What a call can be labelled by. ``complete``: are ``deliverables`` all of its files?"""

    run_id: str | None = None
    phase_id: str | None = None
    branch: str | None = None
    observed_at: str | None = None
    deliverables: tuple[Deliverable, ...] = ()
    complete: bool = True


def settled_label(
    stated: Sequence[Label], by_rule: Label, *, aliases: Mapping[str, str]
) -> Label | None:
    """The label of a call, or ``None`` where what is ``stated`` of it contradicts itself.

    A rule labels what nobody states. Of ``stated`` labels the first is taken, in its own words;
    ``aliases``: the category that another name leads to. The origin is that of the part of the
    label that is known least well.
    """
    categories = [one for one in stated if one.category is not None]
    complexities = [one for one in stated if one.complexity is not None]
    names = {aliases.get(one.category or "", one.category) for one in categories}
    if len(names) > 1 or len({one.complexity for one in complexities}) > 1:
        return None
    category = categories[0] if categories else by_rule
    complexity = complexities[0] if complexities else by_rule
    origins = {
        category.origin if category.category is not None else None,
        complexity.origin if complexity.complexity is not None else None,
    }
    origin = next((one for one in _KNOWN_LEAST if one in origins), None)
    return Label(category.category, complexity.complexity, origin)


def label_by_rule(rules: Sequence[LabelRule], facts: LabelFacts) -> Label:
    """What the first rules that match say of category and complexity; they may be two rules."""
    category = complexity = None
    for rule in rules:
        wanted = (category is None and rule.category) or (complexity is None and rule.complexity)
        if wanted and all(_asked(rule, facts)):
            category = rule.category if category is None else category
            complexity = rule.complexity if complexity is None else complexity
    return Label(category, complexity, "rule" if category or complexity else None)


def _asked(rule: LabelRule, facts: LabelFacts) -> Iterator[bool]:
    """Does each thing that ``rule`` asks for hold? What is not known does not."""
    paths = [one.path for one in facts.deliverables]
    if rule.words:
        yield not _words(facts).isdisjoint(word.lower() for word in rule.words)
    if rule.any_path:
        yield any(map(path_matcher(rule.any_path), paths))
    if rule.every_path:
        yield facts.complete and bool(paths) and all(map(path_matcher(rule.every_path), paths))
    yield _within(rule.files_from, len(paths) if facts.complete else None, rule.files_to)
    yield _within(rule.bytes_from, _bytes_before(facts), rule.bytes_to)


def _words(facts: LabelFacts) -> set[str]:
    """Those of the names of branch and phase."""
    names = f"{facts.branch or ''} {facts.phase_id or ''}".lower()
    return set(_BETWEEN_WORDS.split(names))


@lru_cache(maxsize=1024)
def path_matcher(globs: tuple[str, ...]) -> Callable[[str], object]:
    """Truth of a path that matches one of ``globs``."""
    return re.compile(rf"(?:{'|'.join(map(glob_regex, globs))})\Z", re.DOTALL).match


def _bytes_before(facts: LabelFacts) -> int | None:
    """Of all files together, where they are all known; one that is created had none."""
    sizes = [0 if one.operation == "create" else one.bytes_before for one in facts.deliverables]
    known = [size for size in sizes if size is not None]
    return sum(known) if facts.complete and len(known) == len(sizes) else None


def _within(low: int | None, number: int | None, high: int | None) -> bool:
    if low is None and high is None:
        return True
    return number is not None and (low or 0) <= number and (high is None or number <= high)
