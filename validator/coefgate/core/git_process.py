"""Git as a program: with which settings and environment it is started, and how it fails.

Why so: docs/decisions/0049-git-answers-everybody-alike.md
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from coefgate.core.problems import EnvironmentProblem

TO_REACH_A_SERVER: Final = (
    *("GIT_ALLOW_PROTOCOL", "GIT_ASKPASS", "GIT_EXEC_PATH", "GIT_SSH"),
    *("GIT_CONFIG", "GIT_HTTP", "GIT_SSL", "GIT_PROXY", "GIT_TEST_"),
)
"""How variables begin that say how to reach a server, where settings are, and tests of git."""
IN_A_REPOSITORY: Final = (
    *TO_REACH_A_SERVER,
    *("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_TERMINAL_PROMPT", "GIT_DISCOVERY_ACROSS_FILESYSTEM"),
)
"""The same, and who commits. All others are about another repository, or alter what git prints."""
SETTINGS: Final = {
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
"""What git's answers rest on here, where no option says it, as git has it by default.

Commands for scripts (``rev-list``, ``diff-tree``, ``for-each-ref``) read none of the settings for
people."""
NO_GIT: Final = "git is not installed, or not on PATH. Install it; check it with: git --version"


class NoRepository(EnvironmentProblem):
    """There is no git here, or the folder is not in a git repository."""


def shallow_clone(lack: str, options: str = "") -> str:
    """What a shallow clone lacks, and the command that gets it; ``options``: of ``git fetch``."""
    return f"this clone is shallow, {lack}. Get the rest with: git fetch --unshallow{options}"


Failure = Callable[[tuple[str, ...], str], EnvironmentProblem]
"""The problem to raise where git, with these arguments, ended with these words."""


def without_git(environment: Mapping[str, str], but_for: tuple[str, ...] = ()) -> dict[str, str]:
    """``environment`` without the variables of git, but for those whose names begin like this."""
    return {
        name: value
        for name, value in environment.items()
        if not name.startswith("GIT_") or name.startswith(but_for)
    }


def isolated(environment: Mapping[str, str]) -> dict[str, str]:
    """``environment`` for a git that knows no other repository, and nobody's settings."""
    own = {"LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    return without_git(environment) | own


def reason_and_remedy(words: str) -> tuple[str, str | None]:
    """What git said, and the command that it says to type, if there is one on its own line."""
    reason = words.strip().rstrip(".")
    command = next((one.strip() for one in words.splitlines() if one.startswith("\tgit ")), None)
    return (reason, None) if command is None else (reason.splitlines()[0], command)


@dataclass(slots=True)
class Git:
    """Git in ``folder``, with this environment alone; ``settings`` win over the user's.

    ``failure``: the problem to raise. ``timeout``: seconds after which a call has failed.
    """

    folder: Path
    environment: dict[str, str]
    failure: Failure
    settings: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """Standard output of one call, to which standard input is ``given``.

        Raises ``NoRepository`` where there is no git, and what ``failure`` makes of git's words.
        """
        try:
            done = subprocess.run(
                ["git", *self.words(arguments)],
                cwd=self.folder,
                env=self.environment,
                input=given,
                capture_output=True,
                check=False,
                timeout=self.timeout,
            )
        except FileNotFoundError as error:
            raise NoRepository(NO_GIT) from error
        except subprocess.TimeoutExpired as error:
            words = f"no answer within {self.timeout:g} seconds"
            raise self.failure(arguments, words) from error
        if done.returncode:
            raise self.failure(arguments, done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def quiet_ssh(self) -> dict[str, str]:
        """Variables with which ssh asks nothing, unless they say themselves how to call it."""
        if {"GIT_SSH", "GIT_SSH_COMMAND"} & self.environment.keys():
            return {}
        own = self.run("config", "--default=ssh -o BatchMode=yes", "--get", "core.sshCommand")
        return {"GIT_SSH_COMMAND": os.fsdecode(own).strip()}

    def words(self, arguments: tuple[str, ...]) -> tuple[str, ...]:
        """What is typed behind ``git``: settings, then ``arguments``."""
        settings = (("-c", f"{name}={value}") for name, value in self.settings.items())
        return (*(word for setting in settings for word in setting), *arguments)


class ObjectReader:
    """A ``git cat-file --batch`` that gives one object after another; to be closed."""

    def __init__(self, git: Git) -> None:
        self._process = subprocess.Popen(
            ["git", *git.words(("cat-file", "--batch"))],
            cwd=git.folder,
            env=git.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def content(self, name: str) -> bytes | None:
        """The content of an object, by whatever names it; ``None`` where there is none."""
        process = self._process
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("git cat-file was started without pipes")
        process.stdin.write(f"{name}\n".encode())
        process.stdin.flush()
        header = process.stdout.readline().split()
        if len(header) != 3:
            return None
        content = process.stdout.read(int(header[2]))
        process.stdout.read(1)
        return content

    def close(self) -> None:
        """Wait for the end of the process."""
        self._process.communicate()
