"""Git as a program: with which settings and environment it answers everybody alike, and its own remedies.

Why so: docs/decisions/0049-git-answers-everybody-alike.md
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Final

TO_REACH_A_SERVER: Final = (
    *("GIT_ALLOW_PROTOCOL", "GIT_ASKPASS", "GIT_EXEC_PATH", "GIT_SSH"),
    *("GIT_CONFIG", "GIT_HTTP", "GIT_SSL", "GIT_PROXY", "GIT_TEST_"),
)
"""How the names of variables begin that say how to reach a server, where settings are, and tests of git."""
IN_A_REPOSITORY: Final = (
    *TO_REACH_A_SERVER,
    *("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_TERMINAL_PROMPT", "GIT_DISCOVERY_ACROSS_FILESYSTEM"),
)
"""The same, and who commits. All others are about another repository, or alter what git prints."""
_SETTINGS: Final = {
    "advice.graftFileDeprecated": "false",
    "core.checkStat": "default",
    "core.fsmonitor": "false",
    "core.trustctime": "true",
    "diff.autoRefreshIndex": "true",
    "diff.orderFile": os.devnull,
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "i18n.commitEncoding": "UTF-8",
    "i18n.logOutputEncoding": "UTF-8",
    "mailmap.blob": "HEAD:.mailmap",
    "mailmap.file": os.devnull,
    "maintenance.auto": "false",
    "push.recurseSubmodules": "no",
    "submodule.recurse": "false",
    "trailer.separators": ":",
}
"""What git's answers rest on here, where no option of a command says it, as git has it by default.

Commands for scripts (``rev-list``, ``diff-tree``, ``for-each-ref``) read none of the settings for
people."""


def settings(more: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Words behind ``git``: what the caller's own settings cannot alter."""
    return tuple(
        word
        for name, value in (_SETTINGS | dict(more or {})).items()
        for word in ("-c", f"{name}={value}")
    )


def without_git(environment: Mapping[str, str], *, but_for: Iterable[str] = ()) -> dict[str, str]:
    """``environment`` without the variables of git, but for those whose names begin like this."""
    kept = tuple(but_for)
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith("GIT_") or name.startswith(kept)
    }


def remedy_of_git(words: str) -> str | None:
    """What git itself says to type, on a line of its own."""
    return next((line.strip() for line in words.splitlines() if line.startswith("\tgit ")), None)
