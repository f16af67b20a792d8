"""Commits and tags made beside the working tree, and the branch moved to them, or nothing.

Nothing that is staged or changed by somebody takes part: a commit is built in an index of its own,
and the branch moves last, and only from the commit where it was.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.versions import Version
from coefgate.git.repository import Repository
from coefgate.git.trees import files_at

_HEADS: Final = "refs/heads/"
_IDENTITY: Final = re.compile(r"> (?P<seconds>[0-9]+) (?P<zone>[+-][0-9]{4})$")
Blob = tuple[str, str]
"""Mode and object id of a file."""


@dataclass(frozen=True, slots=True)
class Branch:
    """The branch that is checked out. ``name``: as people write it. ``commit``: its tip."""

    name: str
    commit: str

    @property
    def ref(self) -> str:
        """The full name of its ref."""
        return f"{_HEADS}{self.name}"


def current_branch(repository: Repository) -> Branch:
    """The branch that is checked out. Raises ``UsageProblem`` without one, or without a commit."""
    commit, ref = repository.head(), repository.checked_out_ref()
    if ref is None:
        raise UsageProblem(
            "no branch is checked out, so the commit of a release could not be found again. "
            "Check one out with: git switch main"
        )
    if commit is None:
        raise UsageProblem(
            "nothing is committed here yet. Do it with: git add coefficients samples && git commit"
        )
    return Branch(ref.removeprefix(_HEADS), commit)


def today(repository: Repository) -> str:
    """The day, YYYY-MM-DD, of a commit made now, where its committer is.

    Raises ``EnvironmentProblem`` where git does not know who commits.
    """
    try:
        repository.text("var", "GIT_AUTHOR_IDENT")
        found = repository.text("var", "GIT_COMMITTER_IDENT")
    except EnvironmentProblem as error:
        raise EnvironmentProblem(
            "git does not know who commits. Set it with: git config user.name 'Your Name' && "
            "git config user.email you@example.org"
        ) from error
    if (time := _IDENTITY.search(found)) is None:
        raise EnvironmentProblem(
            f"git gave no time with {found!r}. Look at it with: git var GIT_COMMITTER_IDENT"
        )
    zone = datetime.strptime(time["zone"], "%z").tzinfo
    return datetime.fromtimestamp(int(time["seconds"]), zone).date().isoformat()


def blobs(repository: Repository, commit: str, folder: str) -> dict[str, Blob]:
    """Every file below ``folder`` at a commit, by its path from the registry's root."""
    listed = files_at(repository, commit, folder)
    return {one.path: (one.mode.decode(), one.object_id) for one in listed}


def new_blob(repository: Repository, content: bytes) -> Blob:
    """A new regular file with this content, in git's store."""
    return "100644", repository.text("hash-object", "-w", "--stdin", given=content)


def new_commit(
    repository: Repository,
    parent: str,
    files: Mapping[str, Blob | None],
    message: str,
    *,
    sign: bool = False,
) -> str:
    """A commit on ``parent`` that differs from it in ``files`` alone; no ref leads to it yet.

    ``files``: by the path from the registry's root; ``None`` takes one away. Git's hooks for
    commits do not run. ``sign``: as with ``git commit -S``; without it, as ``commit.gpgSign``
    says.
    """
    gone = "0", "0" * len(parent)
    rows = "".join(
        "{} {}\t{}\0".format(*(blob or gone), f"{repository.prefix}{path}")
        for path, blob in files.items()
    )
    with TemporaryDirectory(prefix="coefgate-") as folder:
        index = Path(folder) / "index"
        repository.git("read-tree", parent, index_file=index)
        add = ("update-index", "-z", "--index-info")
        repository.git(*add, index_file=index, given=os.fsencode(rows))
        tree = repository.text("write-tree", index_file=index)
    signed = ("-S",) if sign or repository.is_set("commit.gpgSign") else ()
    make = ("commit-tree", *signed, "-p", parent, "-F", "-", tree)
    return repository.text(*make, given=message.encode())


def check_tag_is_free(repository: Repository, version: Version) -> None:
    """Raise ``UsageProblem`` where the tag of a new version exists: no tag is ever moved."""
    if repository.refs("%(refname)", "--count=1", f"refs/tags/{version.tag}"):
        raise UsageProblem(
            f"the tag {version.tag} exists and is not a release (it is not annotated); tags are "
            f"never moved. Look at it with: git show {version.tag}; if it was never pushed: git "
            f"tag -d {version.tag}"
        )


def publish(
    repository: Repository,
    branch: Branch,
    commit: str,
    files: Iterable[str],
    *,
    version: Version,
    annotation: str,
    sign: bool,
) -> None:
    """Tag ``commit``, bring ``files`` in folder and index in line, and move ``branch`` to it.

    ``files`` have to be as the branch has them now. Whatever fails, or interrupts, leaves branch,
    tags, index and folder as they were.
    """
    paths = tuple(files)
    with ExitStack() as undo:
        undo.callback(_untag, repository, version, commit)
        make = ("tag", "-s" if sign else "-a", "--cleanup=verbatim", "-F", "-")
        try:
            repository.git(*make, version.tag, commit, given=annotation.encode())
        except EnvironmentProblem as error:
            raise EnvironmentProblem(f"no tag was made, nothing has changed: {error}") from error
        undo.callback(_bring_in_line, repository, "HEAD", paths)
        _bring_in_line(repository, commit, paths)
        undo.callback(_move_back, repository, branch, commit)
        reason = f"coefgate: release {version}"
        repository.git("update-ref", "-m", reason, branch.ref, commit, branch.commit)
        undo.pop_all()


def _untag(repository: Repository, version: Version, commit: str) -> None:
    """Take the tag away, if it is ours: an interruption may have come before it was made."""
    ref = f"refs/tags/{version.tag}"
    if commit in repository.refs("%(*objectname)", ref):
        repository.git("update-ref", "-d", ref)


def _move_back(repository: Repository, branch: Branch, commit: str) -> None:
    """The branch back where it was, if an interruption came after it had moved."""
    back = ("update-ref", "-m", "coefgate: taken back", branch.ref, branch.commit, commit)
    with suppress(EnvironmentProblem):
        repository.git(*back)


def _bring_in_line(repository: Repository, commit: str, paths: tuple[str, ...]) -> None:
    """Index and folder as ``commit`` has these paths; those that neither has are passed over."""
    committed_paths = repository.names("ls-tree", "-r", "-z", "--name-only", commit, "--", *paths)
    if known := committed_paths | repository.names("ls-files", "-z", "--", *paths):
        repository.git(
            *("-c", f"core.hooksPath={os.devnull}"),
            *("restore", f"--source={commit}", "--staged", "--worktree"),
            *("--pathspec-from-file=-", "--pathspec-file-nul"),
            given=b"".join(os.fsencode(path) + b"\0" for path in sorted(known)),
        )
