"""Differences of registries, and what any state of a registry holds in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from coefgate.changes.interval_words import shown_interval, shown_quantiles, stated_scope
from coefgate.registry.key import Key
from coefgate.registry.model import Acknowledgement, Coefficients, Names, Value
from coefgate.registry.numbers import factor_of, value_of

ChangeKind = Literal[
    "overhead",
    "marginal",
    "margin",
    "fallback",
    "model",
    "model-rules",
    "retry",
    "basis",
    "alias",
    "path-rules",
    "applies-to",
    "setting",
    "claim",
    "reference",
]
Content = Fraction | str | tuple[str, ...]
MEASURED: Final = "samples behind it"
UNMEASURED: Final = "no sample behind it"
UNKNOWN: Final = "unknown"
"""A setting that says nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; ``base`` and ``head`` are ``None`` where that side does not have it.

    ``base`` and ``head`` of an overhead, a marginal cost, a fallback, and of any factor are
    numbers (tokens, or a factor; of a model 1 where none is stated); of a basis, where the number
    stays, whether samples stand behind it; of an alias the category it leads to; of the path rules
    their fingerprint; of ``applies-to`` and ``model-rules`` the globs; of a setting its text; of a
    claim and a reference, which ``claims`` finds, what the value says of itself. ``key``: which
    number it is in head; else the alias, or what the name says. ``label``: of an overhead or a
    margin the name whose calls get it, of a model's factor the glob; another than that in ``key``
    where a category was renamed, or given to another one, or the glob is not the first of its
    rule. ``gone``: base declares this name and head does not. ``prior``: head says that no sample
    stands behind the value; ``claims``: base said so, and head does not. ``file`` and ``line``
    point to head's declaration; where it is gone, to what held it, and to base's where head has
    not even that.
    """

    name: str
    kind: ChangeKind
    key: Key | str
    base: Content | None
    head: Content | None
    file: str
    line: int
    gone: bool = False
    prior: bool = False
    claims: bool = False
    acknowledge: Acknowledgement[Fraction] | Acknowledgement[Names] | None = None
    label: str | None = None

    @property
    def answered_as(self) -> str:
        """What an acknowledgement of it names; one is for all aliases of a category."""
        return f"{self.head}.aliases" if self.kind == "alias" else self.name

    @property
    def category(self) -> str | None:
        """The category in ``key``, where that is of one cell."""
        return self.key.category if isinstance(self.key, Key) else None

    @property
    def acknowledged(self) -> bool:
        """Has the author acknowledged exactly this step?"""
        answer = self.acknowledge
        if answer is None:
            return False
        # Lists of aliases were compared when the change was found.
        sides = self.before, self.head
        return self.kind == "alias" or (answer.previous, answer.current) == sides

    @property
    def before(self) -> Content | None:
        """What base holds; 0 tokens per kilobyte where it charges for no size."""
        key = self.key
        is_size = isinstance(key, Key) and key.part == "per_kilobyte"
        return Fraction(0) if self.base is None and is_size else self.base

    @property
    def charges_sizes(self) -> bool:
        """Is it a setting that decides which files are charged for their size, or how much?"""
        named = str(self.key).rpartition(".")
        charged = named[0].endswith(".per_kilobyte") or self.key == "output_mode"
        return self.kind == "setting" and charged


def names_before(change: Change, base: Coefficients, head: Coefficients) -> tuple[str, ...]:
    """What the category of a change may be called in earlier states, the likeliest first.

    Of a model's factor the glob whose models get it. Not the name of another category that it was
    given to.
    """
    category = change.category
    if change.kind == "model" and change.label is not None:
        return (change.label,)
    if category is None or change.label is None:
        return ()
    names = [change.label]
    if category in head.categories and (
        category == change.label or category not in base.canonical_category
    ):
        names += head.categories[category].names
    return tuple(dict.fromkeys(names))


def content_of(
    registry: Coefficients, kind: str, key: Key | str, names: Sequence[str] = ()
) -> Content | None:
    """What ``registry`` holds where a change of this kind has this key, to compare with its sides.

    A number, whether samples stand behind it, what it claims, the category that an alias leads to,
    or how far intervals reach. ``names``: as in ``key_in``.
    """
    if not isinstance(key, Key):
        if kind == "model-rules":
            return ordered_models(registry)
        if kind == "alias":
            return registry.canonical_category.get(key)
        if key == "interval":
            return shown_interval(registry.interval)
        stated = stated_scope(registry.intervals, key)
        return None if stated is None else shown_quantiles(stated)
    if kind == "model":
        return factor_number(registry, *(names or key.of))
    value = value_of(registry, key_in(registry, key, names))
    if value is None:
        return None
    match kind:
        case "basis":
            return behind(value)
        case "claim" | "reference":
            return claimed(value, kind)
    return value.number


def key_in(registry: Coefficients, key: Key, names: Sequence[str]) -> Key:
    """The key that a number has in another state, by the first of these names known there."""
    known = next((name for name in names if name in registry.canonical_category), None)
    return key if known is None or key.category is None else key.within(known)


def factor_number(registry: Coefficients, glob: str | None = None) -> Fraction:
    """The factor of the models that match ``glob``, or of all that no rule names; 1 if none is."""
    value = registry.default_model_factor if glob is None else factor_of(registry, glob)
    return Fraction(1) if value is None else value.number


def ordered_models(registry: Coefficients) -> tuple[str, ...]:
    """The globs of all rules of models, in their order; that within a rule decides nothing."""
    return tuple(glob for rule in registry.model_rules for glob in sorted(rule.globs))


def behind(value: Value) -> str:
    """Do samples stand behind this number? In the words of a change of basis."""
    return MEASURED if value.basis.measured else UNMEASURED


def claimed(value: Value, kind: str) -> str:
    """What a value says of itself: for a ``claim`` its samples, for a ``reference`` the page."""
    basis = value.basis
    if kind == "reference":
        return basis.reference
    return f"{value.number}: {basis.kind}, {basis.samples or 0}"
