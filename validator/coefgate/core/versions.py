"""Registry versions, ``MAJOR.MINOR.PATCH``, and their tags: ``coefficients/v1.4.0``."""

from __future__ import annotations

import re
from typing import Final, NamedTuple, Self

TAG_PREFIX: Final = "coefficients/v"
UNVERSIONED: Final = "0.0.0+unversioned"
"""The version of coefficients of which nobody says which release they are."""

_NUMBER: Final = "(0|[1-9][0-9]{0,8})"
_VERSION: Final = re.compile(rf"{_NUMBER}\.{_NUMBER}\.{_NUMBER}", re.ASCII)


class Version(NamedTuple):
    """A released version; ordered by its three numbers."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parsed(cls, text: str) -> Self | None:
        """The version that ``text`` spells (``1.4.0``), ``None`` where it spells none."""
        found = _VERSION.fullmatch(text)
        return cls(*map(int, found.groups())) if found else None

    @classmethod
    def spelled(cls, text: str) -> Self | None:
        """The version that somebody means by ``1.4.0``, ``v1.4.0`` or ``coefficients/v1.4.0``."""
        return cls.parsed(text.removeprefix(TAG_PREFIX if text.startswith(TAG_PREFIX) else "v"))

    @classmethod
    def of_tag(cls, tag: str) -> Self | None:
        """The version of a tag (``coefficients/v1.4.0``), ``None`` where it is no release."""
        return cls.parsed(tag.removeprefix(TAG_PREFIX)) if tag.startswith(TAG_PREFIX) else None

    @property
    def tag(self) -> str:
        """The tag of this version."""
        return f"{TAG_PREFIX}{self}"

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"
