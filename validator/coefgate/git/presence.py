"""Is there a page in a state of the repository, and when was that state committed?"""

from __future__ import annotations

import os
import posixpath

from coefgate.git.repository import IndexTree, Repository


def has_page(repository: Repository, state: str | IndexTree | None, page: str) -> bool:
    """Is there a file ``page``, from the registry's root or else from the repository's top?

    ``state``: a commit, the index, or ``None`` for the files in the folder. A link is no page, and
    neither is what lies outside of the repository, or in its ``.git``.
    """
    if not page.strip() or "\0" in page or page.endswith("/"):
        return False
    candidates = {posixpath.normpath(f"{above}{page}") for above in (repository.prefix, "")}
    return any(_has(repository, state, one) for one in candidates if _is_inside(one))


def takes_away(
    repository: Repository, base: str, head: str | IndexTree | None, path: str
) -> str | None:
    """``path`` from the repository's top, if the commit ``base`` has it and ``head`` does not.

    It is given from the registry's root, ``../…`` outside of it.
    """
    from_top = posixpath.normpath(f"{repository.prefix}{path}")
    gone = _has(repository, base, from_top) and not _has(repository, head, from_top)
    return from_top if gone else None


def _is_inside(path: str) -> bool:
    return not path.startswith("/") and not {".", "..", ".git"} & set(path.lower().split("/"))


def _has(repository: Repository, state: str | IndexTree | None, path: str) -> bool:
    """The same of a path from the top."""
    if state is None:
        top = repository.root.joinpath(*[".."] * repository.prefix.count("/")).resolve()
        return (top / path).is_file() and (top / path).resolve() == top / path
    if isinstance(state, str):
        listed = repository.git("ls-tree", "--full-tree", "-z", state, "--", f":(literal){path}")
    else:
        named = ("--full-name", "--", f":(top,literal){path}")
        listed = repository.git("ls-files", "--stage", "-z", *named, index_file=state.index_file)
    return listed.startswith(b"100") and listed.endswith(b"\t" + os.fsencode(path) + b"\0")


def committed_at(repository: Repository, commit: str) -> float:
    """When a commit was made, in seconds since 1970 UTC."""
    return float(repository.git("rev-list", "--max-count=1", "--timestamp", commit).split()[0])
