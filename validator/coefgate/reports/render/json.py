"""JSON for programs, fit for a terminal: what cannot be seen, or would move what can, is escaped."""

from __future__ import annotations

import json
import re
from typing import Any, Final

_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7e]")


def json_text(document: Any) -> str:
    """``document`` as JSON text; letters of every script stand as they are."""
    return _BEYOND_ASCII.sub(_seen, json.dumps(document, indent=2, ensure_ascii=False))


def _seen(found: re.Match[str]) -> str:
    character = found.group()
    return character if character.isprintable() else json.dumps(character)[1:-1]
