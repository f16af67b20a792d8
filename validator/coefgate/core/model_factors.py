"""Which rule of a registry takes a model: the first of whose globs one matches its name."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Final

Globs = tuple[str, ...]
_MOST_KNOWN: Final = 1024
"""Models that are remembered: callers may make names up."""


class ModelRules:
    """The globs of rules, in order. Called with a model, it gives the index of its rule.

    That is beyond the last one where none names it, or nobody knows the model. Globs are those of
    ``applies_to``: ``*``, ``?`` and ``[…]``, compared letter by letter. Each model is looked up
    once; threads may share it.
    """

    __slots__ = ("_known", "_rules")

    def __init__(self, rules: tuple[Globs, ...]) -> None:
        """For ``compiled_model_rules``."""
        self._rules = rules
        self._known: dict[str | None, int] = {None: len(rules)}

    def __reduce__(self) -> tuple[Callable[[tuple[Globs, ...]], ModelRules], tuple[object]]:
        # A registry can be handed to another process, as ``multiprocessing`` does it.
        return compiled_model_rules, (self._rules,)

    def __call__(self, model: str | None) -> int:
        known = self._known.get(model)
        if known is None:
            known = self._looked_up(str(model))
            if len(self._known) >= _MOST_KNOWN:
                self._known = {None: len(self._rules)}
            self._known[model] = known
        return known

    def _looked_up(self, model: str) -> int:
        for at, globs in enumerate(self._rules):
            if any(fnmatchcase(model, glob) for glob in globs):
                return at
        return len(self._rules)


@lru_cache(maxsize=64)
def compiled_model_rules(rules: tuple[Globs, ...]) -> ModelRules:
    """One object for equal rules, so that what is found of them can be kept."""
    return ModelRules(rules)
