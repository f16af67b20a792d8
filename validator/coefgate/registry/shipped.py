"""Folders of this repository that come with the program: ``schemas/``, ``docs/``."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from coefgate.core.problems import EnvironmentProblem

_PACKAGE: Final = Path(__file__).parents[1]


@cache
def shipped(folder: str, file: str) -> Path:
    """``file`` in a folder of the repository, or in ``coefgate/`` where the program is installed.

    Raises ``EnvironmentProblem`` where neither holds it.
    """
    for place in (_PACKAGE, _PACKAGE.parents[1]):
        path = place / folder / file
        if path.is_file():
            return path
    raise EnvironmentProblem(
        f"{folder}/{file}, which belongs to Coefgate, is not installed. Mend it with: "
        "python -m pip install --force-reinstall 'coefgate[cli]'"
    )
