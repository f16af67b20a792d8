"""A copy of the shipped registry that meets its limits, whatever calls are stored later."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.repository_files import ROOT

FOLDERS = ("coefficients", "samples")
FIRST_IMPORT = "samples/autopack/2025-12-17-17275740.jsonl"
# What stands below it answers for corrections that came in later.
_CORRECTED = re.compile(r"\n(?:#[^\n]*\n)*corrected:\n(?: .*\n)*")


def later_imports() -> list[str]:
    """The sample files that came in after the first one."""
    files = (path.relative_to(ROOT).as_posix() for path in (ROOT / "samples").rglob("*.jsonl"))
    return sorted(file for file in files if file != FIRST_IMPORT)


def copy_registry(root: Path) -> None:
    """Copy the coefficients into ``root``, and of the samples the first import alone as it was.

    Figures in tests are of these calls; bad news that others bring would change every verdict."""
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, root / folder)
    for file in later_imports():
        (root / file).unlink()
    gates = root / "coefficients" / "gates.yaml"
    gates.write_text(_CORRECTED.sub("", gates.read_text("utf-8")), "utf-8")
