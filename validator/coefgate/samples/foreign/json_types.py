"""Values of foreign JSON as the types that are expected, or nothing: nobody vouches for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

MOST: Final = 10**12
"""No count that an agent states is larger; a number that is says something else."""
_NOTHING: Final[Mapping[str, Any]] = {}


def text(value: object) -> str | None:
    """``value`` if it is a text that says something."""
    return value if isinstance(value, str) and value else None


def whole_number(value: object) -> int | None:
    """``value`` if it is a number without a fraction, from 0 to ``MOST``."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        return None
    return int(value) if value == value // 1 else None


def mapping(value: object) -> Mapping[str, Any]:
    """``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def sequence(value: object) -> Sequence[Any]:
    """``value`` if it is a list, else an empty one."""
    return value if isinstance(value, list) else ()
