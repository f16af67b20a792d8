"""Where the registry lies in its repository: GitHub looks for the file of an annotation from the top."""

from __future__ import annotations

from pathlib import Path

from coefgate.history.repository import Repository
from coefgate.problems import EnvironmentProblem


def folder_in_repository(root: Path) -> str:
    """The way from the top to ``root``: ``teams/theirs/``; empty at the top, and where git cannot tell."""
    try:
        with Repository(root) as repository:
            return repository.prefix
    except EnvironmentProblem:
        return ""
