"""A registry that stays as it is, for tests that need a real one, whatever is shipped."""

from __future__ import annotations

import shutil
from pathlib import Path

BY_HAND = Path(__file__).parent / "registries" / "by_hand"
"""The coefficients that were set by hand, and calls of one import.

Figures in tests are of these: they meet its limits, and calls or coefficients that come in later
change no verdict. What must hold of the shipped registry is tested on that."""
FIRST_IMPORT = "samples/autopack/2025-12-17-17275740.jsonl"
"""The file of its calls."""


def copy_registry(root: Path) -> None:
    """Copy its coefficients and samples into ``root``."""
    shutil.copytree(BY_HAND, root, dirs_exist_ok=True)
