"""The version of this program; that of the coefficients is in ``core.versions``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

_CHECKOUT = Path(__file__).parents[3] / "pyproject.toml"


def program_version() -> str:
    """The version that the checkout's ``pyproject.toml`` says, else the installed package's."""
    if (project := declared_project()) is not None:
        return str(project["version"])
    try:
        return version("coefgate")
    except PackageNotFoundError:  # a copy of the package alone
        return "unknown"


def declared_project() -> Mapping[str, Any] | None:
    """What the checkout's ``pyproject.toml`` says of the project, where this is a checkout."""
    with suppress(OSError, ValueError, KeyError):  # no checkout, or another project's
        project: Mapping[str, Any] = tomllib.loads(_CHECKOUT.read_text("utf-8"))["project"]
        if project["name"] == "coefgate" and project["version"]:
            return project
    return None
