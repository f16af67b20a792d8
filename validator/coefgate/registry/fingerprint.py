"""A short name for path rules as a whole, so that an acknowledgement can say which step it is about."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

_DIGITS = 12


def fingerprint(rules: Iterable[tuple[str, Iterable[str]]], default: str) -> str:
    """Twelve hexadecimal digits of the ordered rules (file kind and its globs) and the default kind.

    The order of the globs within one rule decides nothing, so it does not count.
    """
    content = [[[kind, sorted(globs)] for kind, globs in rules], default]
    canonical = json.dumps(content, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()[:_DIGITS]
