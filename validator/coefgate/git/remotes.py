"""The remotes of a clone: which branches of theirs are here, which they have, and how to fetch them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from itertools import chain, count
from typing import Final

from coefgate.git.repository import Repository

_TIMEOUT: Final = 20.0
"""Seconds for one question to a remote."""


def remotes(repository: Repository) -> tuple[str, ...]:
    """The names of all remotes, ``origin`` first."""
    names = os.fsdecode(repository.git("remote")).splitlines()
    return tuple(sorted(names, key=lambda name: (name != "origin", name)))


def tracks(repository: Repository, remote: str) -> bool:
    """Is any branch of the remote here?"""
    found = repository.git(
        "for-each-ref", "--count=1", "--format=%(refname)", f"refs/remotes/{remote}/"
    )
    return bool(found)


def configured_as(repository: Repository, address: str) -> str:
    """The name of the remote that is pushed to by its address; another ``address``, or a name, as it is."""
    names = remotes(repository)
    if address in names:
        return address
    settings = os.fsdecode(repository.git("config", "--list", "-z")).split("\0")
    addressed = {
        key for key, _, value in (one.partition("\n") for one in settings) if value == address
    }
    own = (name for name in names if addressed & {f"remote.{name}.url", f"remote.{name}.pushurl"})
    return next(own, address)


def branches(repository: Repository, remote: str) -> frozenset[str]:
    """All branches that a remote, a name or an address, has by its own word.

    Raises ``EnvironmentProblem`` where it gives no answer.
    """
    listing = asked(repository, "ls-remote", "--heads", "--", remote)
    refs = (row.partition("\t")[2] for row in os.fsdecode(listing).splitlines())
    return frozenset(ref.removeprefix("refs/heads/") for ref in refs)


def asked(repository: Repository, *arguments: str) -> bytes:
    """What a git command that asks a remote gives, without any question to the user.

    Raises ``EnvironmentProblem`` where it gives no answer.
    """
    quiet = {"GIT_TERMINAL_PROMPT": "0"}
    if not {"GIT_SSH", "GIT_SSH_COMMAND"} & os.environ.keys():
        ssh = repository.git(
            "config", "--default=ssh -o BatchMode=yes", "--get", "core.sshCommand"
        )
        quiet["GIT_SSH_COMMAND"] = os.fsdecode(ssh.rstrip(b"\n"))
    return repository.git(*arguments, environment=quiet, timeout=_TIMEOUT)


def fetch_branch(repository: Repository, remote: str, branch: str) -> str:
    """What to type to have one branch of a remote here, with its history."""
    return _fetch(repository, remote, (_refspec(remote, branch),))


def fetch_branches(repository: Repository, remote: str) -> str:
    """What to type to have every branch of a remote here, and to know which is its default."""
    fetch = _fetch(repository, remote, (_refspec(remote, "*"),))
    return f"{fetch} && {ask_for_default(remote)}"


def ask_for_default(remote: str) -> str:
    """What to type to know which branch of a remote, fetched before, is its default."""
    return shlex.join(["git", "remote", "set-head", remote, "--auto"])


def add_and_fetch(repository: Repository, address: str) -> str:
    """What to type to have the branches of an address here that is no remote yet."""
    taken = remotes(repository)
    names = chain(("origin", "upstream"), map("upstream-{}".format, count(2)))
    name = next(name for name in names if name not in taken)
    added = shlex.join(["git", "remote", "add", name, address])
    return f"{added} && {fetch_branches(repository, name)}"


def _fetch(repository: Repository, remote: str, refspecs: Sequence[str]) -> str:
    deeper = ("--unshallow",) if repository.shallow else ()
    return shlex.join(["git", "fetch", *deeper, remote, *refspecs])


def _refspec(remote: str, branch: str) -> str:
    return f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
