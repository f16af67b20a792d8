"""A clone in which somebody works: with pre-commit or prek in it, and a remote beside it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from tests.end_to_end.conftest import SHIPPED
from tests.frozen_registry import copy_registry

MANIFEST: Final = SHIPPED / ".pre-commit-hooks.yaml"
CONFIG: Final = ".pre-commit-config.yaml"
DOCS: Final = "coefficients/overhead/docs.yaml"
MARGINS: Final = "coefficients/safety_margins.yaml"
TOOLS: Final = ("pre-commit", "prek")

_BOTH: Final = ["pre-commit", "pre-push"]
_PERSON: Final = {"NAME": "A Tester", "EMAIL": "tester@example.org"}
_PEOPLE: Final = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in _PERSON.items()
}


@dataclass(frozen=True, slots=True)
class Tried:
    """What a command of an author ended with."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Author:
    """``root``: the top of the clone. ``registry``: its folder with ``coefficients/``."""

    root: Path
    registry: Path
    remote: Path
    environment: Mapping[str, str]

    def tries(self, *command: str, cwd: Path | None = None, **environment: str) -> Tried:
        """Run a command that may be refused."""
        done = subprocess.run(
            command,
            cwd=cwd or self.root,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        text = done.stdout.decode("utf-8", "replace")
        assert "Traceback" not in text, text
        return Tried(done.returncode, text)

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        """Run git, which must succeed; hooks run as they do for everybody."""
        tried = self.tries("git", *arguments, cwd=cwd)
        assert tried.code == 0, tried.text
        return tried.text.strip()

    def commit_unjudged(self, message: str = "unjudged") -> str:
        """Commit the worktree as it is, past every hook."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--no-verify", "--message", message)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def arrived(self, branch: str = "main") -> str | None:
        """The commit that the remote has under this name."""
        tried = self.tries(
            "git", "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}", cwd=self.remote
        )
        return tried.text.strip() or None

    def edit(self, file: str, pattern: str, text: str) -> None:
        """Replace what first matches in a file of the registry."""
        path = self.registry / file
        changed, found = re.subn(pattern, text, path.read_text("utf-8"), count=1)
        assert found, f"{pattern} is not in {file}"
        path.write_text(changed, "utf-8")

    def break_(self) -> None:
        """A value that no registry may hold."""
        self.edit(DOCS, r"tokens: \d+", "tokens: -40")

    def make_worse(self) -> None:
        """A margin with which the median call reserves far more than 1.5 times its tokens."""
        self.edit(MARGINS, r"factor: \S+", "factor: 1.95")

    def remark(self) -> None:
        """A change that moves no prediction."""
        path = self.registry / DOCS
        path.write_text(f"{path.read_text('utf-8')}# a remark\n", "utf-8")

    def restore(self, *files: str) -> None:
        """Bring files of the worktree back to the first commit, without staging them."""
        first = self.git("rev-list", "--max-parents=0", "HEAD")
        for file in files:
            path = (self.registry / file).relative_to(self.root).as_posix()
            (self.root / path).write_text(self.git("show", f"{first}:{path}") + "\n", "utf-8")


def published() -> list[dict[str, Any]]:
    """The hooks as other repositories get them."""
    hooks: list[dict[str, Any]] = yaml.safe_load(MANIFEST.read_text("utf-8"))
    return hooks


def local_config(
    coefgate: Sequence[str], *, registry: str = ".", gate_on_commit: bool = False
) -> str:
    """The published hooks, run by the words ``coefgate``, not in an environment of their own."""
    program = shlex.join(coefgate)
    hooks = []
    for hook in published():
        entry = program + hook["entry"].removeprefix("coefgate")
        here = {**hook, "entry": entry, "language": "system", "args": ["--registry", registry]}
        del here["additional_dependencies"]
        if gate_on_commit and hook["id"] == "coefgate-gate":
            here["stages"] = _BOTH
        hooks.append(here)
    config = {"default_install_hook_types": _BOTH, "repos": [{"repo": "local", "hooks": hooks}]}
    return yaml.safe_dump(config, sort_keys=False)


def author(
    place: Path, tool: str, config: str, *, registry: str = ".", pushed: bool = True
) -> Author:
    """Somebody with a registry and installed hooks; ``pushed``: the remote has it."""
    root, remote = place / "clone", place / "remote.git"
    copy_registry(root / registry)
    (root / CONFIG).write_text(config, "utf-8")
    somebody = Author(root, root / registry, remote, environment_of(place))
    somebody.git("init", "--quiet", "--template=", "--bare", "--initial-branch=main", str(remote))
    somebody.git("init", "--quiet", "--template=", "--initial-branch=main")
    somebody.git("remote", "add", "origin", str(remote))
    somebody.commit_unjudged("first")
    if pushed:
        somebody.git("push", "--quiet", "--set-upstream", "origin", "main")
    installed = somebody.tries(program(tool), "install")
    assert installed.code == 0, installed.text
    return somebody


def copied(who: Author, place: Path) -> Author:
    """The same author with the same two repositories in another place; neither was used there."""
    root, remote = place / "clone", place / "remote.git"
    for old, new in ((who.root, root), (who.remote, remote)):
        shutil.copytree(old, new)
    another = Author(
        root, root / who.registry.relative_to(who.root), remote, environment_of(place)
    )
    another.git("remote", "set-url", "origin", str(remote))
    return another


def program(tool: str) -> str:
    """Where the tool was installed with these tests."""
    return str(Path(sys.executable).with_name(tool))


def environment_of(place: Path) -> dict[str, str]:
    """Nothing of a hook that runs these tests, and every cache in a folder of this test."""
    mine = {
        name: value
        for name, value in os.environ.items()
        if name != "SKIP" and not name.startswith(("PRE_COMMIT", "PREK"))
    }
    return {
        **mine,
        **_PEOPLE,
        "PRE_COMMIT_HOME": str(place / "pre-commit-home"),
        "PREK_HOME": str(place / "prek-home"),
        "PREK_UV_SOURCE": "pip",
        "COLUMNS": "200",
    }
