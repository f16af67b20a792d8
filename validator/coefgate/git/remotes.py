"""The remotes of a clone: which branches they have, which are here, and how to fetch them."""

from __future__ import annotations

import shlex
from itertools import chain, count

from coefgate.git.repository import Repository


def names(repository: Repository) -> tuple[str, ...]:
    """The names of all remotes, ``origin`` first."""
    return tuple(sorted(repository.lines("remote"), key=lambda name: (name != "origin", name)))


def tracks(repository: Repository, remote: str) -> bool:
    """Is any branch of the remote here?"""
    return bool(repository.refs("%(refname)", "--count=1", f"refs/remotes/{remote}/"))


def configured_as(repository: Repository, address: str) -> str:
    """The name of the remote with this address; another ``address``, or a name, as it is."""
    known = names(repository)
    if address in known:
        return address
    settings = repository.text("config", "--list", "-z").split("\0")
    keys = {key for key, _, value in (one.partition("\n") for one in settings) if value == address}
    own = (name for name in known if keys & {f"remote.{name}.url", f"remote.{name}.pushurl"})
    return next(own, address)


def branches(repository: Repository, remote: str) -> frozenset[str]:
    """All branches that a remote, a name or an address, has by its own word.

    Raises ``EnvironmentProblem`` where it gives no answer.
    """
    rows = repository.ask("ls-remote", "--heads", "--", remote)
    return frozenset(row.partition("\t")[2].removeprefix("refs/heads/") for row in rows)


def fetch_branch(repository: Repository, remote: str, branch: str) -> str:
    """What to type to have one branch of a remote here, with its history."""
    deeper = ("--unshallow",) if repository.shallow else ()
    refspec = f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
    return shlex.join(["git", "fetch", *deeper, remote, refspec])


def fetch_branches(repository: Repository, remote: str) -> str:
    """What to type to fetch all branches of a remote, added if new, and to learn its default."""
    known, add = names(repository), ""
    if remote not in known:
        free = chain(("origin", "upstream"), map("upstream-{}".format, count(2)))
        name = next(name for name in free if name not in known)
        add = f"{shlex.join(['git', 'remote', 'add', name, remote])} && "
        remote = name
    return f"{add}{fetch_branch(repository, remote, '*')} && {ask_for_default(remote)}"


def ask_for_default(remote: str) -> str:
    """What to type to know which branch of a remote, fetched before, is its default."""
    return shlex.join(["git", "remote", "set-head", remote, "--auto"])
