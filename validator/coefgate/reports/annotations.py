"""Workflow commands, which GitHub shows on the lines of a file."""

from __future__ import annotations

import posixpath
from typing import Final, Literal

from coefgate.reports.visible import shortened, visible

Level = Literal["error", "warning", "notice"]
SHOWN: Final = 10
"""Annotations of one level that GitHub shows for a step."""
_LONGEST: Final = 4000
_LONGEST_PROPERTY: Final = 400


def workflow_command(
    level: Level,
    message: str,
    *,
    title: str,
    file: str | None = None,
    line: int | None = None,
    column: int | None = None,
    folder: str = "",
) -> str:
    """One annotation, on one line whatever the texts hold: ``::error file=a.yaml,line=4,title=b::c``.

    ``folder``: the way from the top of the repository, from where GitHub looks for it, to where
    ``file`` begins (which may lead up again); it ends with ``/`` or is empty.
    """
    places = {
        "file": None if file is None else _from_the_top(folder, file),
        "line": line,
        "col": column,
        "title": shortened(title, _LONGEST_PROPERTY),
    }
    properties = ",".join(
        f"{key}={_property(str(value))}" for key, value in places.items() if value is not None
    )
    return f"::{level} {properties}::{_data(shortened(message, _LONGEST))}"


def _from_the_top(folder: str, file: str) -> str:
    path = f"{folder}{file}"
    return posixpath.normpath(path) if folder and file.startswith("../") else path


def _data(text: str) -> str:
    kept = text.replace("\r\n", "\n").split("\n")
    return "%0A".join(visible(line).replace("%", "%25") for line in kept)


def _property(text: str) -> str:
    return visible(text).replace("%", "%25").replace(":", "%3A").replace(",", "%2C")
