"""The version of this program; that of the coefficients is in ``core.versions``."""

from __future__ import annotations

import tomllib
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_CHECKOUT = Path(__file__).parents[3] / "pyproject.toml"


def program_version() -> str:
    """The version that the checkout's ``pyproject.toml`` says, else the installed package's."""
    with suppress(OSError, ValueError, KeyError):  # no checkout, or another project's
        project = tomllib.loads(_CHECKOUT.read_text(encoding="utf-8"))["project"]
        if project["name"] == "coefgate":
            return str(project["version"])
    try:
        return version("coefgate")
    except PackageNotFoundError:  # a copy of the package alone
        return "unknown"
