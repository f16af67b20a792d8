"""Is there a path in a state of the repository, and when was that state committed?"""

from __future__ import annotations

import posixpath

from coefgate.history.repository import IndexTree, Repository


def has_path(repository: Repository, head: str | IndexTree | None, path: str) -> bool:
    """Is there a file or a folder ``path``, from the registry's root or else from the repository's top?

    ``head``: a commit, the index, or ``None`` for the files in the folder. Nothing outside of the repository
    is looked at.
    """
    if not path.strip() or "\0" in path:
        return False
    candidates = {posixpath.normpath(f"{above}{path}") for above in (repository.prefix, "")}
    inside = [one for one in candidates if one not in (".", "..") and not one.startswith(("../", "/"))]
    return any(_has(repository, head, one) for one in inside)


def takes_away(repository: Repository, base: str, head: str | IndexTree | None, path: str) -> str | None:
    """``path`` from the repository's top, if the commit ``base`` has it and ``head`` does not.

    It is given from the registry's root, ``../…`` outside of it.
    """
    from_top = posixpath.normpath(f"{repository.prefix}{path}")
    gone = _has(repository, base, from_top) and not _has(repository, head, from_top)
    return from_top if gone else None


def _has(repository: Repository, head: str | IndexTree | None, path: str) -> bool:
    """The same of a path from the top."""
    if isinstance(head, str):
        return bool(repository.git("ls-tree", "--full-tree", "-z", head, "--", path))
    if head is not None:
        named = f":(top,literal){path}"
        return bool(repository.git("ls-files", "-z", "--", named, index_file=head.index_file))
    top = repository.root.joinpath(*[".."] * repository.prefix.count("/"))
    return (top / path).exists()


def committed_at(repository: Repository, commit: str) -> float:
    """When a commit was made, in seconds since 1970 UTC."""
    return float(repository.git("log", "-1", "--no-show-signature", "--format=%ct", commit, "--"))
