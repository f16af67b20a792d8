"""A registry with changes of its models' factors taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from coefgate.changes.change import Change, factor_number, ordered_models
from coefgate.changes.model_factor_changes import together_with
from coefgate.registry.key import Key
from coefgate.registry.model import Coefficients, ModelRule, Value


def without_model_change(head: Coefficients, base: Coefficients, change: Change) -> Coefficients:
    """``head`` without a change of one factor, or of the rules beside their factors."""
    if change.kind == "model-rules":
        return _in_order_of(base, head)
    number = change.base if isinstance(change.base, Fraction) else Fraction(1)
    if change.label is None:
        present = head.default_model_factor or base.default_model_factor
        return replace(head, default_model_factor=present and replace(present, number=number))
    listed = ordered_models(base)
    globs = together_with(base, head, change.label)
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
    """With a rule of base's globs: where head has them, else before what comes later in base."""
    if not globs:
        return rest
    listed = [rule for rule in head.model_rules if globs[0] in rule.globs]
    template = next(rule for rule in base.model_rules if globs[0] in rule.globs)
    order = ordered_models(head if listed else base)
    later = order[order.index(globs[0]) :]
    rules = list(rest.model_rules)
    places = (at for at, rule in enumerate(rules) if any(glob in later for glob in rule.globs))
    rules.insert(next(places, len(rules)), _rule(globs, template.value, number))
    default = rest.default_model_factor
    if default is None and base.default_model_factor is not None:  # the file is gone in head
        default = replace(base.default_model_factor, number=Fraction(1))
    return replace(rest, model_rules=tuple(rules), default_model_factor=default)


def _in_order_of(base: Coefficients, head: Coefficients) -> Coefficients:
    """The rules of base with the factors of head, behind those that only head has."""
    if base.default_model_factor is None or head.default_model_factor is None:
        return head  # no factor moves by that alone
    own = _without_globs(head, ordered_models(base)).model_rules
    known = (
        _rule((glob,), rule.value, factor_number(head, glob))
        for rule in base.model_rules
        for glob in rule.globs
    )
    return replace(head, model_rules=(*own, *known))
