"""A registry in a repository, and the program as a process: by nothing that one system lacks."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.frozen_registry import copy_registry

_WHO = {"NAME": "A Tester", "EMAIL": "tester@example.org"}
_PEOPLE = {
    f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _WHO.items()
}


@dataclass(frozen=True, slots=True)
class Place:
    """A folder in which programs are run."""

    root: Path

    def tries(self, *command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        """A program that may fail, but does not end with a bug."""
        done = subprocess.run(
            command,
            cwd=self.root,
            env={**os.environ, **_PEOPLE, **self.caches, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        assert b"Traceback" not in done.stdout + done.stderr, done.stderr.decode(errors="replace")
        return done

    def runs(self, *command: str, **environment: str) -> str:
        """What a program prints, which must succeed."""
        done = self.tries(*command, **environment)
        assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")
        return done.stdout.decode("utf-8", "replace").replace("\r\n", "\n")

    @property
    def caches(self) -> Mapping[str, str]:
        """Nothing is left in the folders of whoever runs the tests."""
        return {
            "COEFGATE_CACHE": str(self.root.parent / "cache"),
            "PRE_COMMIT_HOME": str(self.root.parent / "pre-commit"),
        }

    def edit(self, file: str, old: str, new: str) -> None:
        """Exchange a text, and keep every other byte."""
        path = self.root / file
        content = path.read_bytes()
        assert old.encode() in content, (file, old)
        path.write_bytes(content.replace(old.encode(), new.encode(), 1))


COEFGATE = (sys.executable, "-m", "coefgate")
"""The words that start the command everywhere."""


@pytest.fixture
def registry(tmp_path: Path) -> Place:
    """A registry that was committed, as git has it on Linux."""
    place = Place(tmp_path / "registry")
    copy_registry(place.root)
    (place.root / ".gitattributes").write_bytes(b"samples/** -text\n")
    place.runs("git", "init", "--quiet", "--template=", "--initial-branch=main")
    place.runs("git", "config", "core.autocrlf", "false")
    place.runs("git", "add", "--all")
    place.runs("git", "commit", "--quiet", "--message", "first")
    return place
