"""Commits and tags made beside the working tree, and the branch moved to them: all of it, or nothing.

Nothing that is staged or changed by somebody takes part: a commit is built in an index of its own,
and the branch moves last, and only from the commit where it was.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.core.versions import Version
from coefgate.git.checkout import Branch
from coefgate.git.repository import Repository, listed_at

_NO_HOOKS: Final = ("-c", f"core.hooksPath={os.devnull}")
Blob = tuple[str, str]
"""Mode and object id of a file."""


def blobs(repository: Repository, commit: str, folder: str) -> dict[str, Blob]:
    """Every file below ``folder`` at a commit, by its path from the registry's root."""
    listed = listed_at(repository, commit, folder)
    return {path: (mode.decode(), object_id) for path, mode, object_id in listed}


def stored(repository: Repository, content: bytes) -> Blob:
    """A new regular file with this content, in git's store."""
    return "100644", repository.git("hash-object", "-w", "--stdin", given=content).decode().strip()


def committed(
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
    nothing = "0" * len(parent)
    rows = (
        b"%s %s\t%s\0" % (mode.encode(), object_id.encode(), os.fsencode(repository.prefix + path))
        for path, (mode, object_id) in (
            (path, blob or ("0", nothing)) for path, blob in files.items()
        )
    )
    with TemporaryDirectory(prefix="coefgate-") as folder:
        index = Path(folder) / "index"
        repository.git("read-tree", parent, index_file=index)
        repository.git(
            "update-index", "-z", "--index-info", index_file=index, given=b"".join(rows)
        )
        tree = repository.git("write-tree", index_file=index).decode().strip()
    signed = ("-S",) if sign or _asked_to_sign(repository) else ()
    made = repository.git(
        "commit-tree", *signed, "-p", parent, "-F", "-", tree, given=message.encode()
    )
    return made.decode().strip()


def _asked_to_sign(repository: Repository) -> bool:
    return (
        repository.git("config", "--type=bool", "--default=false", "commit.gpgSign").strip()
        == b"true"
    )


def check_free(repository: Repository, version: Version) -> None:
    """Raise ``UsageProblem`` where the tag of a new version exists: no tag is ever moved."""
    if repository.git("for-each-ref", "--count=1", f"refs/tags/{version.tag}"):
        raise UsageProblem(
            f"the tag {version.tag} exists and is no release (it is not annotated); no tag is "
            f"ever moved. Look at it with: git show {version.tag}; if it was never pushed: git "
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
    """Tag ``commit``, bring ``files`` in the folder and in the index in line, move ``branch`` to it.

    ``files`` have to be as the branch has them now. Whatever fails, or interrupts, leaves branch,
    tags, index and folder as they were.
    """
    paths = tuple(files)
    with ExitStack() as undo:
        undo.callback(_untag, repository, version, commit)
        _tag(repository, commit, version, annotation, sign=sign)
        undo.callback(_bring_in_line, repository, "HEAD", paths)
        _bring_in_line(repository, commit, paths)
        undo.callback(_move_back, repository, branch, commit)
        reason = f"coefgate: release {version}"
        repository.git("update-ref", "-m", reason, branch.ref, commit, branch.commit)
        undo.pop_all()


def _tag(
    repository: Repository, commit: str, version: Version, message: str, *, sign: bool
) -> None:
    how = "-s" if sign else "-a"
    try:
        repository.git(
            "tag",
            how,
            "--cleanup=verbatim",
            "-F",
            "-",
            version.tag,
            commit,
            given=message.encode(),
        )
    except EnvironmentProblem as error:
        raise EnvironmentProblem(
            f"the tag was not made, and nothing has changed: {error}"
        ) from error


def _untag(repository: Repository, version: Version, commit: str) -> None:
    """Take the tag away, if it is ours: an interruption may have come before or after it was made."""
    ref = f"refs/tags/{version.tag}"
    if commit in repository.git("for-each-ref", "--format=%(*objectname)", ref).decode().split():
        repository.git("update-ref", "-d", ref)


def _move_back(repository: Repository, branch: Branch, commit: str) -> None:
    """The branch back where it was, if an interruption came after it had moved."""
    with suppress(EnvironmentProblem):
        repository.git(
            "update-ref", "-m", "coefgate: taken back", branch.ref, branch.commit, commit
        )


def _bring_in_line(repository: Repository, commit: str, paths: tuple[str, ...]) -> None:
    """Index and folder as ``commit`` has these paths; those that neither has are passed over."""
    known = {
        *_names(repository.git("ls-tree", "-r", "-z", "--name-only", commit, "--", *paths)),
        *_names(repository.git("ls-files", "-z", "--", *paths)),
    }
    if known:
        names = b"".join(os.fsencode(path) + b"\0" for path in sorted(known))
        repository.git(
            *_NO_HOOKS,
            *("restore", f"--source={commit}", "--staged", "--worktree"),
            *("--pathspec-from-file=-", "--pathspec-file-nul"),
            given=names,
        )


def _names(listing: bytes) -> frozenset[str]:
    return frozenset(os.fsdecode(name) for name in listing.split(b"\0") if name)
