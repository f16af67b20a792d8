"""The hooks of a repository: tried in a copy with what they must refuse, or installed."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Literal

from coefgate.core.git_process import Git, without_git
from coefgate.core.problems import EnvironmentProblem, explained
from coefgate.git.repository import Repository

Hook = Literal["pre-commit", "pre-push"]
TOOLS: Final = ("pre-commit", "prek")
"""The programs that install hooks, the usual one first."""
_PATIENCE: Final = 120.0
"""Seconds that a hook may take, with the installation of its packages."""
_NO_LINKS: Final = (
    "hooks cannot be tried, as no symbolic link can be made",
    "Windows allows it in its developer mode; else try the hooks by hand, with a broken commit.",
)
_WHO: Final = {
    "user.name": "coefgate doctor",
    "user.email": "doctor@coefgate.invalid",
    "commit.gpgSign": "false",
    "advice.detachedHead": "false",
}


def hook_file(repository: Repository, hook: Hook) -> Path | None:
    """The hook that git would run; ``None`` where there is none that it can run."""
    folder = repository.root / repository.text("rev-parse", "--git-path", "hooks")
    file = folder.resolve() / hook
    return file if file.is_file() and os.access(file, os.X_OK) else None


def words_of_refusal(
    repository: Repository, hook: Hook, spoiled: Mapping[str, bytes]
) -> str | None:
    """What the hook says of a commit, or a push, of ``spoiled`` files; ``None``: it lets it pass.

    Tried in a clone in a temporary folder, on the last commit, with the hooks of ``repository``
    and a remote of its own: nothing of the repository changes. What is not tracked at its top,
    such as an environment that hooks are started from, is there through links. ``spoiled``:
    contents by path from the top. Raises ``EnvironmentProblem`` where nothing can be tried.
    """
    file = hook_file(repository, hook)
    if file is None:
        return None
    with TemporaryDirectory(prefix="coefgate-doctor-") as temporary:
        remote, clone = Path(temporary, "remote.git"), Path(temporary, "clone")
        git = _git(Path(temporary), {"core.hooksPath": os.devnull})
        git.run("init", "-q", "--template=", "--bare", "-b", "main", str(remote))
        git.run(
            "clone", "-q", "--shared", "--no-tags", "--template=", str(repository.top), str(clone)
        )
        git = _git(clone, {"core.hooksPath": os.devnull})
        git.run("checkout", "-q", "-B", "main")
        git.run("remote", "set-url", "origin", str(remote))
        git.run("push", "-q", "origin", "main")
        git.run("remote", "set-head", "origin", "main")
        _link_untracked(repository, clone)
        for path, content in spoiled.items():
            (clone / path).write_bytes(content)
        git.run("add", "--", *spoiled)
        tried: tuple[str, ...] = ("commit", "-qm", "spoiled on trial")
        if hook == "pre-push":
            git.run(*tried)
            tried = ("push", "-q", "origin", "HEAD:refs/heads/trial")
        hooked = _git(clone, {"core.hooksPath": str(file.parent)})
        done = _started(("git", *hooked.words(tried)), clone)
        return None if done.returncode == 0 else done.stdout.decode("utf-8", "replace")


def _git(folder: Path, settings: Mapping[str, str]) -> Git:
    return Git(
        folder,
        _environment(),
        lambda arguments, words: EnvironmentProblem(
            f"hooks cannot be tried: git {arguments[0]} failed in a copy of the repository: "
            f"{words.strip()}. Look at it with: git fsck"
        ),
        settings={**_WHO, **settings},
        timeout=_PATIENCE,
    )


def _started(command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """A program that ended, with what it said. Raises ``EnvironmentProblem`` if it does not."""
    typed = shlex.join((Path(command[0]).name, *command[-2:]))
    try:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        raise EnvironmentProblem(f"{typed} cannot be started: {error}.") from error
    with process:
        try:
            words, _ = process.communicate(timeout=_PATIENCE)
        except BaseException as error:
            # With what it has started, which works in a folder that will be gone.
            if sys.platform == "win32":
                process.kill()
            else:
                os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            raise EnvironmentProblem(
                f"{typed} did not end within {_PATIENCE:.0f} seconds. Try it by hand."
            ) from error
    return subprocess.CompletedProcess(command, process.returncode, words)


def _environment() -> dict[str, str]:
    """The user's, without what names a repository. Contents that git LFS keeps stay away."""
    return without_git(os.environ) | {"GIT_LFS_SKIP_SMUDGE": "1"}


def _link_untracked(repository: Repository, clone: Path) -> None:
    untracked = ("-C", str(repository.top), "ls-files", "--others", "--directory", "-z")
    for name in repository.git(*untracked).split(b"\0"):
        path = os.fsdecode(name).rstrip("/")
        if path and "/" not in path:
            with explained(*_NO_LINKS), suppress(FileExistsError):
                (clone / path).symlink_to(repository.top / path)


def install_hooks(top: Path) -> str | None:
    """Have the program that is there install the hooks of the repository at ``top``; its name.

    ``None`` where there is none on ``PATH``, nor beside this Python. Raises ``EnvironmentProblem``
    with its words where it fails.
    """
    places = os.pathsep.join((os.environ.get("PATH", ""), str(Path(sys.executable).parent)))
    tool = next(filter(None, (shutil.which(one, path=places) for one in TOOLS)), None)
    if tool is None:
        return None
    done = _started((tool, "install"), top)
    if done.returncode:
        words = done.stdout.decode("utf-8", "replace").strip()
        raise EnvironmentProblem(f"{Path(tool).name} install failed: {words}")
    return Path(tool).name
