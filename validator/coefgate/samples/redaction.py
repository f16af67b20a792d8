"""Paths of stored calls under salted names, which keep their kinds under a registry's rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from coefgate.core.redaction import Redactor, kind_keeping_redactor
from coefgate.registry.compilation import path_kinds
from coefgate.registry.model import Coefficients


def path_redactor(
    salt: bytes, registries: Sequence[Coefficients], *, hidden: Collection[str] = ()
) -> Redactor:
    """What salts a path so that it keeps its file kind under the rules of every registry.

    ``hidden``, and what is raised: as of ``kind_keeping_redactor``.
    """
    globs = {glob for one in registries for rule in one.path_rules for glob in rule.globs}
    return kind_keeping_redactor(salt, [*map(path_kinds, registries)], globs, hidden=hidden)
