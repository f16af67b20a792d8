"""A text that no record may hold: what stands in prompts, replies, errors and tools in tests."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

WORD: Final = "CANARY4711"
TEXT: Final = f'{WORD} "the customer\'s own words"\n{WORD}'
_SPELLED: Final = [
    word.encode(code) for word in (WORD, WORD.lower()) for code in ("utf-8", "utf-16-le")
]


def leaks(folder: Path, said: Iterable[object] = ()) -> list[str]:
    """The files in ``folder`` that hold the canary, and which of what was ``said`` does."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    held = [path.name for path in files if any(one in path.read_bytes() for one in _SPELLED)]
    return held + [str(one) for one in said if WORD.lower() in json.dumps(str(one)).lower()]
