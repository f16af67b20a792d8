"""Which files belong to the judge: what runs it, what it runs on, and who has a say in it."""

from __future__ import annotations

import re
from typing import Final

_PROGRAM: Final = ("validator/", "schemas/")
"""Beside a registry this program; in a folder above it anything may have these names."""
_CI: Final = (
    *(".github/", ".gitea/", ".forgejo/", ".gitlab/", ".gitlab-ci.yml", ".gitlab-ci.yaml"),
    *(".ci/", ".circleci/", ".buildkite/", ".teamcity/", ".tekton/", "Jenkinsfile"),
    *(".azure-pipelines/", "azure-pipelines.yml", "azure-pipelines.yaml", "bitbucket-pipelines.yml"),
    *(".travis.yml", ".drone.yml", ".woodpecker/", ".woodpecker.yml", ".woodpecker.yaml"),
    *("appveyor.yml", ".appveyor.yml", "cloudbuild.yaml", "cloudbuild.yml", "action.yml", "action.yaml"),
)
_HOOKS: Final = (".pre-commit-hooks.yaml", ".pre-commit-config.yaml", ".pre-commit-config.yml")
_COMMANDS: Final = ("Makefile", "makefile", "GNUmakefile", "tox.ini", "noxfile.py")
_PACKAGE: Final = ("pyproject.toml", "setup.py", "setup.cfg", "Pipfile")
_OWNERS: Final = ("CODEOWNERS", "docs/CODEOWNERS")
"""Who is asked; two more places of it are folders of a CI."""

_ALL: Final = ("requirements/", *_CI, *_HOOKS, *_COMMANDS, *_PACKAGE, *_OWNERS)
_FOLDERS: Final = tuple(name for name in _ALL if name.endswith("/"))
_FILES: Final = frozenset(_ALL) - frozenset(_FOLDERS)
_LOCK: Final = re.compile(
    r"(?!(samples|coefficients|docs)/)(.*/)?"
    r"((requirements|constraints)[^/]*\.(txt|in)|(?!coefgate\.lock$)[^/]+\.lock|bun\.lockb"
    r"|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|([^/]+\.)?conda-lock\.ya?ml)"
)
"""Lock files of package managers, in any folder; no verdict rests on ``coefgate.lock``, a runner's pin."""
_ABOVE: Final = re.compile(r"(\.\./)+")


def is_judges(file: str) -> bool:
    """Is this file the judge's? ``file``: below the registry's root, or ``../…`` in a folder above it.

    A registry in a folder of a larger repository is judged by what lies at the top of that.
    """
    name = _ABOVE.sub("", file, count=1)
    folders = (*_PROGRAM, *_FOLDERS) if name == file else _FOLDERS
    return name.startswith(folders) or name in _FILES or _LOCK.fullmatch(name) is not None
