"""Which factor of a registry serves the models that match a glob."""

from __future__ import annotations

from coefgate.registry.model import Coefficients, ModelRule, Value
from coefgate.registry.model_globs import covered


def serving_rule(registry: Coefficients, glob: str) -> ModelRule | None:
    """The rule of the models that match ``glob``, ``None`` where the default factor serves them.

    Its own rule, or else the first that surely takes all of them.
    """
    own = (rule for rule in registry.model_rules if glob in rule.globs)
    wider = (rule for rule in registry.model_rules if covered((glob,), rule.globs))
    return next(own, None) or next(wider, None)


def factor_of(registry: Coefficients, glob: str) -> Value | None:
    """The factor of the models that match ``glob``; ``None`` where no models are told apart."""
    rule = serving_rule(registry, glob)
    return registry.default_model_factor if rule is None else rule.value
