"""Globs of model names: does one take all that another takes, and which one was meant?"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from coefgate.registry.closest import closest_label


def covered(globs: Iterable[str], by: Iterable[str]) -> bool:
    """Does one of ``by`` surely match whatever each of ``globs`` matches? Never a wrong yes."""
    wider = frozenset(by)
    # What holds only * takes a glob as a text if it takes its matches.
    plain = [other for other in wider if not set("?[") & set(other)]
    return all(
        glob in wider or ("[" not in glob and any(fnmatchcase(glob, other) for other in plain))
        for glob in globs
    )


def closest_glob(model: str, globs: Iterable[str]) -> str | None:
    """The glob that was probably meant: one whose beginning is close to the model's."""
    heads = {glob.partition("*")[0]: glob for glob in globs if not glob.startswith("*")}
    near = [head for head in heads if closest_label(model[: len(head)], (head,))]
    return heads[max(near, key=len)] if near else None
