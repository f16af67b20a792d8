"""The version of the program, wherever it runs from."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import coefgate

ROOT = Path(__file__).parents[2]


def _version(folder: Path) -> str:
    """What the package in ``folder`` says of itself, where nothing else is installed."""
    code = (
        f"import sys; sys.path.insert(0, {str(folder)!r}); import coefgate; "
        "print(coefgate.__version__)"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def test_a_checkout_says_what_its_file_declares(tmp_path: Path) -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert coefgate.__version__ == declared
    assert "__version__" in dir(coefgate)
    shutil.copytree(ROOT / "validator/coefgate", tmp_path / "validator/coefgate")
    text = (ROOT / "pyproject.toml").read_text("utf-8").replace(f'"{declared}"', '"7.8.9"', 1)
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    assert _version(tmp_path / "validator") == "7.8.9"
    for other in (
        '[project]\nname = "another"\nversion = "1.0.0"\n',
        "<<<<<<< HEAD\n",
        "[project]\n",
    ):
        (tmp_path / "pyproject.toml").write_text(other, "utf-8")
        assert _version(tmp_path / "validator") == "unknown"
