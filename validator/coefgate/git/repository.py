"""One git repository, read through few processes: the only place that runs git."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from coefgate.core.credentials import scrubbed
from coefgate.core.git_program import IN_A_REPOSITORY, remedy_of_git, settings, without_git
from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.trees import Entry
from coefgate.core.versions import TAG_PREFIX
from coefgate.git.damaged_repository import claims_to_be_one, damage
from coefgate.git.environment import layout, may_be_bare
from coefgate.git.partial_clone import Partial
from coefgate.registry.closest import closest_label

_SYMLINK_MODE: Final = b"120000"
_FILE_MODES: Final = (b"100644", b"100755")
_OBJECTS: Final = (
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)
"""Where objects lie; of use only inside a hook on what is being received, where git keeps them apart."""
_HASH: Final = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_FSCK: Final = "Check it with: git fsck"


class NoRepository(EnvironmentProblem):
    """There is no git here, or the registry's folder is not in a git repository."""


class Repository:
    """The repository that holds the folder ``root``; paths are relative to that folder.

    A context manager: blobs come from one ``git cat-file --batch`` that lives until the end.
    Raises ``NoRepository`` where there is no repository or no git.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._environment = _environment()
        self._command = (
            "git",
            *settings({"safe.bareRepository": "all"} if may_be_bare(root) else {}),
        )
        self._partial = Partial(self.git)
        self._batch: subprocess.Popen[bytes] | None = None
        self._commits: set[str] = set()
        """Full hashes that name commits, as far as git was asked: they stay what they are."""
        shallow, bare, prefix = self._found().split(b"\n", 2)
        self.shallow, self.bare = shallow == b"true", bare == b"true"
        self.prefix = os.fsdecode(prefix.removesuffix(b"\n"))
        """The way to ``root`` from the top of the repository: ``teams/theirs/``, empty at the top."""

    def _found(self) -> bytes:
        """What git says of the repository that holds the folder, else of the one that is named for it."""
        asked = ("rev-parse", "--is-shallow-repository", "--is-bare-repository", "--show-prefix")
        try:
            return self.git(*asked)
        except NoRepository:
            named = layout(self.root, os.environ)
            if not named:
                raise
            self._environment |= named
            return self.git(*asked)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._batch is not None:
            self._batch.communicate()
            self._batch = None

    def git(
        self,
        *arguments: str,
        index_file: Path | None = None,
        given: bytes = b"",
        environment: Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> bytes:
        """Standard output of one git command; git's own words in the error if it fails.

        ``index_file``: the index to use, where it is not the repository's own. ``given``: standard
        input. ``environment``: further variables. ``timeout``: seconds after which it has failed.
        """
        variables = {**self._environment, **(environment or {})}
        if index_file is not None:
            variables["GIT_INDEX_FILE"] = str(index_file)
        try:
            done = subprocess.run(
                [*self._command, *arguments],
                cwd=self.root,
                env=variables,
                input=given,
                capture_output=True,
                check=False,
                timeout=timeout,
            )
        except FileNotFoundError as error:
            raise NoRepository(_no_git(self.root)) from error
        except subprocess.TimeoutExpired as error:
            raise _git_error(
                self.root, arguments, f"no answer within {timeout:g} seconds"
            ) from error
        if done.returncode:
            raise _git_error(self.root, arguments, done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def commit(self, revision: str) -> str:
        """The full hash of the commit that ``revision`` names.

        Raises ``UsageProblem`` for an unknown one, ``EnvironmentProblem`` where it may lie beyond
        the end of a shallow clone.
        """
        if revision.startswith("-") or "\0" in revision:
            raise UsageProblem(
                f"{revision!r} is not a revision. Name a commit, a tag or a branch, such as "
                "HEAD~1."
            )
        try:
            found = self._resolved(revision)
        except EnvironmentProblem as error:
            self._refuse_lost(revision)
            if self.shallow:
                raise EnvironmentProblem(
                    f"{revision!r} is not in this clone, which is shallow. "
                    "Get the rest with: git fetch --unshallow"
                ) from error
            raise UsageProblem(
                f"{revision!r} names no commit here. {self._meant(revision)}"
                "See what there is with: git log --oneline --all"
            ) from error
        if not _HASH.fullmatch(found):
            raise UsageProblem(
                f"{revision!r} is a range of commits. Name one commit, such as HEAD~1."
            )
        return found

    def _meant(self, revision: str) -> str:
        """The branch or tag that was probably meant, as a question; a release may be named by its number."""
        listing = self.git(
            "for-each-ref",
            "--format=%(refname:lstrip=2)",
            "refs/heads",
            "refs/remotes",
            "refs/tags",
        )
        refs = os.fsdecode(listing).splitlines()
        numbers = {ref.removeprefix(TAG_PREFIX): ref for ref in refs if ref.startswith(TAG_PREFIX)}
        near = closest_label(revision, (*refs, *numbers))
        return f"Did you mean {numbers.get(near, near)}? " if near else ""

    def index_tree(self) -> IndexTree:
        """The registry's files as they are staged."""
        return IndexTree(self)

    def head(self) -> str | None:
        """The commit that is checked out, ``None`` as long as there is none.

        Raises ``EnvironmentProblem`` where there was one that cannot be read any more.
        """
        try:
            return self._resolved("HEAD")
        except EnvironmentProblem:
            self._refuse_lost("HEAD")
            return None

    def _refuse_lost(self, revision: str) -> None:
        """Raise ``EnvironmentProblem`` where ``revision`` names what is gone, or HEAD a broken branch.

        For git itself such a branch names nothing, as one that has no commit yet.
        """
        found = self._named(revision)
        if (
            found is None
            and self._named("HEAD") is None
            and (branch := self._file_of_branch()) is not None
        ):
            raise EnvironmentProblem(
                f"{branch} names no commit, so the repository is damaged. {_FSCK}"
            )
        if found is None or found == revision:
            return
        try:
            self.git("cat-file", "-e", found)
        except EnvironmentProblem as error:
            raise EnvironmentProblem(f"{revision} cannot be read: {_lacking(found)}") from error

    def _named(self, revision: str) -> str | None:
        """The hash that ``revision`` stands for, whether or not there is such an object."""
        try:
            found = (
                self.git("rev-parse", "--verify", "--quiet", "--end-of-options", revision)
                .decode()
                .strip()
            )
        except EnvironmentProblem:
            return None
        return found if _HASH.fullmatch(found) else None

    def _file_of_branch(self) -> Path | None:
        """The file of the branch that is checked out, if there is one."""
        ref = self._own_file("HEAD").read_text("utf-8", "replace").removeprefix("ref:").strip()
        file = self._own_file(ref)
        return file if file.is_file() else None

    def _own_file(self, name: str) -> Path:
        """Where git keeps what it calls ``name``, which may be in another folder than the rest."""
        return self.root / os.fsdecode(self.git("rev-parse", "--git-path", name).rstrip(b"\n"))

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Does the history of ``newer`` hold the commit ``older``? No where one of them is not even here."""
        try:
            self.git("merge-base", "--is-ancestor", older, newer)
        except EnvironmentProblem:
            return False
        return True

    def _resolved(self, revision: str) -> str:
        if revision in self._commits:
            return revision
        name = f"{revision}^{{commit}}"
        found = (
            self.git("rev-parse", "--verify", "--quiet", "--end-of-options", name).decode().strip()
        )
        if _HASH.fullmatch(found):
            self._commits.add(found)
        return found

    def tree(self, revision: str) -> RevisionTree:
        """The registry's files at a revision."""
        commit = self.commit(revision)
        self.bring(commit)
        return RevisionTree(self, commit)

    def bring(self, commit: str, *, with_history: bool = False) -> None:
        """Have here what a partial clone lacks of the registry, at a commit or in its whole history."""
        self._partial.bring(commit, with_history=with_history)

    def blob(self, object_id: str) -> bytes:
        """The content of one blob."""
        batch = self._batch = self._batch or subprocess.Popen(
            [*self._command, "cat-file", "--batch"],
            cwd=self.root,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        if batch.stdin is None or batch.stdout is None:
            raise RuntimeError("git cat-file was started without pipes")
        batch.stdin.write(f"{object_id}\n".encode())
        batch.stdin.flush()
        header = batch.stdout.readline().split()
        if len(header) != 3:
            raise EnvironmentProblem(_lacking(object_id))
        content = batch.stdout.read(int(header[2]))
        batch.stdout.read(1)
        return content


class _ObjectTree:
    """The registry's files as git's objects (a ``Tree``), each folder listed once; nothing is checked out."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._object_ids: dict[str, str] = {}
        self._entries: dict[str, tuple[Entry, ...]] = {}

    def entries(self, folder: str) -> tuple[Entry, ...]:
        if folder not in self._entries:
            self._entries[folder] = self._found(folder)
        return self._entries[folder]

    def _found(self, folder: str) -> tuple[Entry, ...]:
        entries = []
        for path, mode, object_id, size in self._listed(folder):
            self._object_ids[path] = object_id
            if mode in _FILE_MODES:
                entries.append(Entry(path, "file", size))
            else:
                entries.append(Entry(path, "symlink" if mode == _SYMLINK_MODE else "other", 0))
        return tuple(sorted(entries))

    def _listed(self, folder: str) -> Iterator[tuple[str, bytes, str, int]]:
        """Path, mode, object id and size in bytes of everything below ``folder``."""
        raise NotImplementedError

    def read(self, path: str) -> bytes:
        if path not in self._object_ids:
            self.entries(path)
        return self._repository.blob(self._object_ids[path])

    def lines(self, path: str, longest: int) -> Iterator[bytes]:
        file = BytesIO(self.read(path))
        while line := file.readline(longest):
            yield line


class RevisionTree(_ObjectTree):
    """The registry's files at one commit."""

    def __init__(self, repository: Repository, commit: str) -> None:
        super().__init__(repository)
        self.commit = commit

    def _listed(self, folder: str) -> Iterator[tuple[str, bytes, str, int]]:
        for path, mode, object_id, size in _ls_tree(
            self._repository, self.commit, "-l", "--", folder
        ):
            yield path, mode, object_id, int(size) if size.isdigit() else 0


def listed_at(
    repository: Repository, commit: str, *paths: str
) -> Iterator[tuple[str, bytes, str]]:
    """Path, mode and object id of everything at or below ``paths`` at a commit."""
    for path, mode, object_id, _ in _ls_tree(repository, commit, "--", *paths):
        yield path, mode, object_id


def _ls_tree(
    repository: Repository, commit: str, *arguments: str
) -> Iterator[tuple[str, bytes, str, bytes]]:
    """Each row that git lists; the last field is empty without ``-l``, for which a blob must be here."""
    for row in repository.git("ls-tree", "-r", "-z", commit, *arguments).split(b"\0")[:-1]:
        facts, name = row.split(b"\t", 1)
        mode, _, object_id, *size = facts.split()
        yield os.fsdecode(name), mode, object_id.decode(), b"".join(size)


class IndexTree(_ObjectTree):
    """The registry's files as they are staged, or as a commit that is being made takes them."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository)
        self.index_file = _index_of_hook(repository)

    def _listed(self, folder: str) -> Iterator[tuple[str, bytes, str, int]]:
        listing = self._repository.git(
            "ls-files", "--stage", "-z", "--", folder, index_file=self.index_file
        )
        for row in listing.split(b"\0")[:-1]:
            facts, name = row.split(b"\t", 1)
            mode, object_id, stage = facts.split()
            path = os.fsdecode(name)
            if stage != b"0":
                raise UsageProblem(
                    f"{path} has a merge conflict, so nothing is staged. Mend it, then: git add "
                    f"{path}"
                )
            size = len(self._repository.blob(object_id.decode())) if mode in _FILE_MODES else 0
            if size or mode not in _FILE_MODES or self._is_staged(path):
                yield path, mode, object_id.decode(), size

    def _is_staged(self, path: str) -> bool:
        """Does a commit take this empty file, or did ``git add --intent-to-add`` only announce it?"""
        nothing = self._repository.git("hash-object", "-t", "tree", os.devnull).decode().strip()
        added = (
            "diff-index",
            "--cached",
            "--ita-invisible-in-index",
            "--name-only",
            nothing,
            "--",
            path,
        )
        return bool(self._repository.git(*added, index_file=self.index_file))


def _environment() -> dict[str, str]:
    """Inside a hook git names its own repository in the environment; here the folder comes first."""
    kept = (
        (*IN_A_REPOSITORY, *_OBJECTS) if "GIT_QUARANTINE_PATH" in os.environ else IN_A_REPOSITORY
    )
    own = {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_REPLACE_OBJECTS": "1"}
    return without_git(os.environ, but_for=kept) | own | {"GIT_GRAFT_FILE": os.devnull}


def _index_of_hook(repository: Repository) -> Path | None:
    """The index that git names to a hook (a temporary one for ``commit -a``), if it is this repository's."""
    named = os.environ.get("GIT_INDEX_FILE")
    if not named:
        return None
    # Git names it relative to the top of the working tree, where it starts the hook.
    index = Path(named).absolute()
    own = Path(os.fsdecode(repository.git("rev-parse", "--absolute-git-dir").rstrip(b"\n")))
    return index if index.parent.resolve() == own.resolve() and index.is_file() else None


def _lacking(object_id: str) -> str:
    return f"git has no object {object_id}; the clone may be partial or damaged. {_FSCK}"


def _no_git(root: Path) -> str:
    if not root.is_dir():
        return f"{root} is not a folder. Go into a registry, or name one with --registry FOLDER."
    return "git is not installed, or not on PATH. Install it, then check it with: git --version"


def _how_to_make_it_one(root: Path) -> str:
    named = os.environ.get("GIT_DIR")
    if not named:
        return "Make it one with: git init"
    return (
        f"If the one that GIT_DIR names ({named}) is another one, type: unset GIT_DIR; "
        "if it is for this folder, say where its files begin with: "
        f"export GIT_WORK_TREE={shlex.quote(str(root))}"
    )


def _git_error(root: Path, arguments: tuple[str, ...], words: str) -> EnvironmentProblem:
    is_none = "not a git repository" in words
    if is_none and not claims_to_be_one(root):
        return NoRepository(f"{root} is not in a git repository. {_how_to_make_it_one(root)}")
    if "safe.bareRepository" in words:
        return EnvironmentProblem(
            f"{root} is a bare repository inside another one, and git's setting "
            "safe.bareRepository wants it to be named. Name it with:\nexport "
            f"GIT_DIR={shlex.quote(str(root.resolve()))}"
        )
    text = words.strip().rstrip(".") or "no message"
    mended = f"Try it by hand: {shlex.join(['git', *arguments])}"
    if (command := remedy_of_git(words)) is not None:
        text, mended = text.splitlines()[0], f"Git says what mends it:\n{command}"
    elif is_none or "gitfile" in words:
        mended = damage(root) or mended
    return EnvironmentProblem(scrubbed(f"git {arguments[0]} failed in {root}: {text}. {mended}"))
