"""Which files belong to the judge: what runs it, what it runs on, and who has a say in it."""

from __future__ import annotations

import re
from typing import Final

_FOLDERS: Final = (
    *("validator/", "schemas/", "requirements/"),
    *(".github/", ".ci/", ".gitlab/", ".circleci/", ".azure-pipelines/", ".buildkite/"),
)
_FILES: Final = frozenset(
    (
        *("action.yml", "action.yaml", "pyproject.toml", "setup.py", "setup.cfg", "CODEOWNERS", "Pipfile"),
        *(".pre-commit-hooks.yaml", ".pre-commit-config.yaml", ".pre-commit-config.yml"),
        *(".gitlab-ci.yml", "azure-pipelines.yml", "bitbucket-pipelines.yml", "Jenkinsfile"),
        *("package-lock.json", "pnpm-lock.yaml"),
    )
)
_LOCKS: Final = re.compile(r"(requirements|constraints)[^/]*\.(txt|in)|(?!coefgate\.lock$)[^/]+\.lock")
"""Lock files of package managers; ``coefgate.lock`` is a runner's pin, which no verdict rests on."""
_ABOVE: Final = re.compile(r"(\.\./)+")


def is_judges(file: str) -> bool:
    """Is this file the judge's? ``file``: below the registry's root, or ``../…`` in a folder above it.

    A registry in a folder of a larger repository is judged by what lies at the top of that.
    """
    name = _ABOVE.sub("", file, count=1)
    return name.startswith(_FOLDERS) or name in _FILES or _LOCKS.fullmatch(name) is not None
