"""Sources for tests: a real git repository with release tags, and small snapshots that differ."""

from __future__ import annotations

import copy
import json
import os
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coefgate.core.release import Release, annotation
from coefgate.core.snapshot import Snapshot
from coefgate.core.versions import Version
from coefgate.core.yanks import Yank

_VECTORS = Path(__file__).parents[1] / "vectors" / "semantics-1.json"
_WHO = {"NAME": "A Tester", "EMAIL": "tester@example.org"}
PEOPLE = {
    f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()
}


def version(text: str) -> Version:
    """The version that ``text`` spells."""
    found = Version.parsed(text)
    assert found is not None
    return found


def snapshot(low: int = 1511, *, format: int = 1) -> Snapshot:  # noqa: A002 (the key's name)
    """A snapshot in which ``docs.low`` is ``low`` tokens; equal numbers, equal digests."""
    content: dict[str, Any] = copy.deepcopy(json.loads(_VECTORS.read_text("utf-8"))["snapshot"])
    content["categories"]["docs"]["overhead"]["low"]["tokens"] = low
    content["format"] = format
    return Snapshot.of(content)


def yank(text: str, replacement: str | None = None, reason: str = "too low") -> Yank:
    """A withdrawn version."""
    return Yank(text, "2026-11-20", reason, replacement)


class Remote:
    """A git repository in ``folder`` at ``url``; releases are annotated tags, as the real ones.

    ``bare``: as a server has it. Every release has a commit of its own.
    """

    def __init__(self, folder: Path, *, bare: bool = True, options: Iterable[str] = ()) -> None:
        self.folder = folder
        self.url = folder.absolute().as_uri()
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", *(["--bare"] if bare else []), *options)
        self._commits = 0

    def git(
        self, *arguments: str, text: str = "", environment: Mapping[str, str] | None = None
    ) -> str:
        """Run git in the repository; ``text`` is its standard input."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            input=text,
            env={**os.environ, **PEOPLE, **(environment or {})},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, tree: str | None = None) -> str:
        """Add a commit to ``main``, and give its hash; ``tree``: what it holds, else a file."""
        self._commits += 1
        if tree is None:
            blob = self.git("hash-object", "-w", "--stdin", text=f"{self._commits}\n")
            tree = self.git("mktree", text=f"100644 blob {blob}\tnumber\n")
        listed = self.git("for-each-ref", "--format=%(objectname)", "refs/heads/main")
        parents = ["-p", listed] if listed else []
        made = self.git("commit-tree", tree, *parents, "-m", f"commit {self._commits}")
        self.git("update-ref", "refs/heads/main", made)
        return made

    def release(
        self,
        text: str,
        low: int = 1511,
        *,
        yanked: Iterable[Yank] = (),
        claims: str | None = None,
        format: int = 1,  # noqa: A002 (the key's name)
        **how: Any,
    ) -> Snapshot:
        """Tag a new commit as the release ``text``.

        ``claims``: the version that the message names, where it is another one. ``how``: see
        ``tag``."""
        made = snapshot(low, format=format)
        said = annotation(
            f"coefficients {text}", Release(version(claims or text), None, made, tuple(yanked))
        )
        self.tag(version(text).tag, said, **how)
        return made

    def tag(
        self,
        name: str,
        message: str,
        *,
        options: Iterable[str] = (),
        settings: Iterable[str] = (),
        tree: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Make an annotated tag with any message, on a commit of its own.

        ``options``: further ones of ``git tag`` (``-f`` moves it, ``-s`` signs it); ``settings``:
        of git."""
        command = ("tag", "-a", "--cleanup=verbatim", *options, "-F", "-", name, self.commit(tree))
        self.git(*settings, *command, text=message, environment=environment)


def two_releases(folder: Path) -> Remote:
    """A remote with 1.0.0 and 1.1.0, whose ``docs.low`` are 10 and 11 tokens."""
    made = Remote(folder)
    made.release("1.0.0", 10)
    made.release("1.1.0", 11)
    return made
