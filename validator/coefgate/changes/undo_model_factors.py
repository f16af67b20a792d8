"""A registry with changes of its models' factors taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from coefgate.changes.change import Change, factor_number, ordered_models
from coefgate.changes.model_factor_changes import model_factor_changes, together_with
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, ModelRule, Value
from coefgate.registry.model_globs import covered

MODEL_KINDS: Final = frozenset(("model", "model-rules"))


def without_model_changes(
    head: Coefficients, base: Coefficients, changes: Sequence[Change]
) -> Coefficients:
    """``head`` without these changes of factors, and of the rules beside their factors."""
    every = {change.name for change in model_factor_changes(base, head)}
    if changes and every == {change.name for change in changes}:
        default = base.default_model_factor
        return replace(head, model_rules=base.model_rules, default_model_factor=default)
    whole = head
    # Rules that are back keep the factors that models have, before a default moves under them.
    for change in sorted(changes, key=lambda change: change.kind != "model-rules"):
        globs = together_with(base, whole, change.label) if change.label else ()
        head = _without(head, base, change, globs)
    return head


def _without(
    head: Coefficients, base: Coefficients, change: Change, globs: tuple[str, ...]
) -> Coefficients:
    """``globs``: those whose models the change is about."""
    if change.kind == "model-rules":
        return _in_order_of(base, head)
    number = change.base if isinstance(change.base, Fraction) else Fraction(1)
    if change.label is None:
        present = head.default_model_factor or base.default_model_factor
        return replace(head, default_model_factor=present and replace(present, number=number))
    listed = ordered_models(base)
    back = tuple(glob for glob in globs if glob in listed)
    return _with_rule(_without_globs(head, globs), base, head, back, number)


def _without_globs(registry: Coefficients, globs: Sequence[str]) -> Coefficients:
    """A rule keeps its place as long as one of its globs stays."""
    left = (
        (rule.value, tuple(glob for glob in rule.globs if glob not in globs))
        for rule in registry.model_rules
    )
    return replace(registry, model_rules=tuple(_rule(rest, was) for was, rest in left if rest))


def _rule(globs: tuple[str, ...], value: Value, number: Fraction | None = None) -> ModelRule:
    number = value.number if number is None else number
    return ModelRule(globs, replace(value, key=Key("model", globs[:1]), number=number))


def _with_rule(
    rest: Coefficients,
    base: Coefficients,
    head: Coefficients,
    globs: tuple[str, ...],
    number: Fraction,
) -> Coefficients:
    """With a rule of base's globs: where head has them, else where base does."""
    if not globs:
        return rest
    listed = globs[0] in ordered_models(head)
    template = next(rule for rule in base.model_rules if globs[0] in rule.globs)
    order = ordered_models(head if listed else base)
    rules = _placed(rest.model_rules, _rule(globs, template.value, number), order)
    default = rest.default_model_factor
    if default is None and base.default_model_factor is not None:  # the file is gone in head
        default = replace(base.default_model_factor, number=Fraction(1))
    return replace(rest, model_rules=rules, default_model_factor=default)


def _placed(
    rules: tuple[ModelRule, ...], new: ModelRule, order: Sequence[str]
) -> tuple[ModelRule, ...]:
    """With one more rule, before what comes later in this order, and before what would hide it."""
    later = frozenset(order[order.index(new.globs[0]) :])
    places = (
        at
        for at, rule in enumerate(rules)
        if later & set(rule.globs) or any(covered((glob,), rule.globs) for glob in new.globs)
    )
    place = next(places, len(rules))
    return (*rules[:place], new, *rules[place:])


def _in_order_of(base: Coefficients, head: Coefficients) -> Coefficients:
    """The globs of base in its order, and in their places those that are told of one by one."""
    default, order = base.default_model_factor, ordered_models(base)
    if default is None:
        return head  # no factor moves by that alone
    present = [
        glob
        for glob in ordered_models(head)
        if glob in order or factor_number(base, glob) != factor_number(head, glob)
    ]
    common = iter([glob for glob in order if glob in present])
    values = {
        glob: rule.value
        for side in (base, head)
        for rule in side.model_rules
        for glob in rule.globs
    }

    def single(glob: str) -> ModelRule:
        return _rule((glob,), values[glob], factor_number(head, glob))

    rules = tuple(single(next(common) if glob in order else glob) for glob in present)
    for glob in order:
        if glob not in present:
            rules = _placed(rules, single(glob), order)
    number = factor_number(head)
    return replace(head, model_rules=rules, default_model_factor=replace(default, number=number))
