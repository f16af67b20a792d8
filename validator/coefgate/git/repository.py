"""One git repository, read through few processes: its commits, refs, settings and objects."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final, Self

from coefgate.core.git_process import SETTINGS, Git, NoRepository, ObjectReader, shallow_clone
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.versions import TAG_PREFIX
from coefgate.git.discovery import environment_here, git_problem, layout, may_be_bare
from coefgate.git.partial_clone import PartialClone
from coefgate.git.trees import RevisionTree
from coefgate.registry.closest import closest_label

_HASH: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_PATIENCE: Final = 20.0
"""Seconds for one question to a remote."""
_VERIFY: Final = ("rev-parse", "--verify", "--quiet", "--end-of-options")
_FSCK: Final = "Check it with: git fsck"


class Repository:
    """The repository that holds the folder ``root``; paths are relative to that folder.

    A context manager: blobs come from one ``git cat-file --batch`` that lives until the end.
    Raises ``NoRepository`` where there is no repository or no git.
    """

    def __init__(self, root: Path) -> None:
        if not root.is_dir():
            raise NoRepository(
                f"{root} is not a folder. Go into a registry, or name one with --registry FOLDER."
            )
        self.root = root
        own = {"safe.bareRepository": "all"} if may_be_bare(root) else {}
        self._git = Git(
            root,
            environment_here(),
            partial(git_problem, root),
            settings=SETTINGS | own,
        )
        self._partial = PartialClone(self)
        self._reader: ObjectReader | None = None
        self._commits: set[str] = set()
        """Full hashes that name commits, as far as git was asked: they stay what they are."""
        shallow, bare, prefix = self._described().split(b"\n", 2)
        self.shallow, self.bare = shallow == b"true", bare == b"true"
        self.prefix = os.fsdecode(prefix.removesuffix(b"\n"))
        """The way to ``root`` from the repository's top: ``teams/theirs/``, empty at the top."""

    def _described(self) -> bytes:
        """What git says of the repository that holds the folder, else of the one named for it."""
        asked = ("rev-parse", "--is-shallow-repository", "--is-bare-repository", "--show-prefix")
        try:
            return self.git(*asked)
        except NoRepository:
            if not (named := layout(self._git, os.environ)):
                raise
            self._git.environment |= named
            return self.git(*asked)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    @property
    def top(self) -> Path:
        """The folder at the top of the repository, where it has files."""
        return self.root.joinpath(*[".."] * self.prefix.count("/")).resolve()

    def git(self, *arguments: str, given: bytes = b"", index_file: Path | None = None) -> bytes:
        """Standard output of git. ``given``: standard input; ``index_file``: another index."""
        git = self._git
        if index_file is not None:
            git = replace(git, environment={**git.environment, "GIT_INDEX_FILE": str(index_file)})
        return git.run(*arguments, given=given)

    def ask(self, *arguments: str) -> list[str]:
        """The lines of a git command that asks a remote, and no user anything.

        Raises ``EnvironmentProblem`` where it gives no answer.
        """
        quiet = {"GIT_TERMINAL_PROMPT": "0", **self._git.quiet_ssh()}
        git = replace(self._git, environment=self._git.environment | quiet, timeout=_PATIENCE)
        return os.fsdecode(git.run(*arguments)).splitlines()

    def text(self, *arguments: str, given: bytes = b"", index_file: Path | None = None) -> str:
        """What ``git`` gives, as text without the last line's end."""
        return os.fsdecode(self.git(*arguments, given=given, index_file=index_file)).rstrip("\n")

    def lines(self, *arguments: str) -> list[str]:
        """The lines that ``git`` gives."""
        return self.text(*arguments).splitlines()

    def names(self, *arguments: str, index_file: Path | None = None) -> frozenset[str]:
        """The paths that ``git`` gives with ``-z``."""
        listing = self.git(*arguments, index_file=index_file)
        return frozenset(os.fsdecode(name) for name in listing.split(b"\0") if name)

    def listed(
        self, *arguments: str, index_file: Path | None = None
    ) -> Iterator[tuple[list[bytes], str]]:
        """What ``git`` tells of each path that it lists with ``-z``, and the path."""
        for row in self.git(*arguments, index_file=index_file).split(b"\0")[:-1]:
            facts, name = row.split(b"\t", 1)
            yield facts.split(), os.fsdecode(name)

    def refs(self, form: str, *wanted: str) -> list[str]:
        """A line of this form for each ref that options and patterns of git name."""
        return self.lines("for-each-ref", f"--format={form}", *wanted)

    def setting(self, name: str) -> str:
        """What git's configuration says, empty where it says nothing."""
        return self.text("config", "--default=", "--get", name)

    def answer(self, *arguments: str) -> str | None:
        """What ``text`` gives, ``None`` where git fails, as it does where it has no answer."""
        try:
            return self.text(*arguments)
        except EnvironmentProblem:
            return None

    def checked_out_ref(self) -> str | None:
        """The full name of the branch that ``HEAD`` names, if it names one."""
        return self.answer("symbolic-ref", "--quiet", "HEAD")

    def is_set(self, name: str) -> bool:
        """Is this setting true?"""
        return self.text("config", "--type=bool", "--default=false", name) == "true"

    def commit(self, revision: str) -> str:
        """The full hash of the commit that ``revision`` names.

        Raises ``UsageProblem``, or ``EnvironmentProblem`` where a shallow clone may lack it.
        """
        if revision.startswith("-") or "\0" in revision:
            wanted = "Name a commit, a tag or a branch, such as HEAD~1."
            raise UsageProblem(f"{revision!r} is not a revision. {wanted}")
        try:
            found = self._commit(revision)
        except EnvironmentProblem as error:
            self._refuse_lost(revision)
            if self.shallow:
                raise EnvironmentProblem(shallow_clone(f"and lacks {revision!r}")) from error
            raise UsageProblem(
                f"{revision!r} names no commit here. {self._meant(revision)}"
                "See what there is with: git log --oneline --all"
            ) from error
        if not _HASH.fullmatch(found):
            wanted = "Name one commit, such as HEAD~1."
            raise UsageProblem(f"{revision!r} is a range of commits. {wanted}")
        return found

    def head(self) -> str | None:
        """The commit that is checked out, ``None`` as long as there is none.

        Raises ``EnvironmentProblem`` where there was one that cannot be read any more.
        """
        try:
            return self._commit("HEAD")
        except EnvironmentProblem:
            self._refuse_lost("HEAD")
            return None

    def _commit(self, revision: str) -> str:
        if revision in self._commits:
            return revision
        found = self.text(*_VERIFY, f"{revision}^{{commit}}")
        if _HASH.fullmatch(found):
            self._commits.add(found)
        return found

    def _meant(self, revision: str) -> str:
        """The branch, tag or number of a release that was probably meant, as a question."""
        refs = self.refs("%(refname:lstrip=2)", "refs/heads", "refs/remotes", "refs/tags")
        numbers = {ref.removeprefix(TAG_PREFIX): ref for ref in refs if ref.startswith(TAG_PREFIX)}
        near = closest_label(revision, (*refs, *numbers))
        return f"Did you mean {numbers.get(near, near)}? " if near else ""

    def _refuse_lost(self, revision: str) -> None:
        """Raise where ``revision`` names what is gone, or HEAD is broken: git tells neither."""
        if (found := self._hash(revision)) is not None:
            if found != revision and self.answer("cat-file", "-e", found) is None:
                raise EnvironmentProblem(f"{revision} cannot be read: {_lacking(found)}")
        elif self._hash("HEAD") is None:
            head = self._own_file("HEAD").read_text("utf-8", "replace")
            branch = self._own_file(head.removeprefix("ref:").strip())
            if branch.is_file():  # it should name a commit
                raise EnvironmentProblem(
                    f"{branch} names no commit, so the repository is damaged. {_FSCK}"
                )

    def _hash(self, revision: str) -> str | None:
        """The hash that ``revision`` stands for, whether or not there is such an object."""
        found = self.answer(*_VERIFY, revision)
        return found if found and _HASH.fullmatch(found) else None

    def _own_file(self, name: str) -> Path:
        """Where git keeps what it calls ``name``, which may be in another folder than the rest."""
        return self.root / self.text("rev-parse", "--git-path", name)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Does the history of ``newer`` hold ``older``? No where one is not even here."""
        return self.answer("merge-base", "--is-ancestor", older, newer) is not None

    def parents(self, commit: str) -> tuple[str, ...]:
        """The commits before this one, the first parent first."""
        return tuple(self.text("rev-list", "--parents", "--max-count=1", commit).split()[1:])

    def tree(self, revision: str) -> RevisionTree:
        """The registry's files at a revision."""
        commit = self.commit(revision)
        self.bring(commit)
        return RevisionTree(self, commit)

    def bring(self, commit: str, *, with_history: bool = False) -> None:
        """Have here what a partial clone lacks of the registry at a commit, or in its history."""
        self._partial.bring(commit, with_history=with_history)

    def blob(self, object_id: str) -> bytes:
        """The content of one object."""
        self._reader = self._reader or ObjectReader(self._git)
        if (content := self._reader.content(object_id)) is None:
            raise EnvironmentProblem(_lacking(object_id))
        return content


def _lacking(object_id: str) -> str:
    return f"git has no object {object_id}; the clone may be partial or damaged. {_FSCK}"
