"""Packages that only some formats need, asked for where one of these is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from coefgate.core.installation import MissingPackages


@contextmanager
def extra(name: str, what: str, *later: str) -> Iterator[None]:
    """Say how to install the extra ``name`` where the block, which imports, misses a package.

    ``what``: what needs it, such as an option. ``later``: packages that are imported only when
    something is drawn, since that takes long.
    """
    try:
        yield
        for one in later:
            if find_spec(one) is None:
                raise ModuleNotFoundError(f"No module named {one!r}", name=one)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("coefgate"):
            raise
        raise MissingPackages(what, error.name, name) from error
