"""Globs of model names: what one takes of another's models, and which one was meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Final

from coefgate.registry.closest import closest_label

_WILD: Final = re.compile(r"[*?\[\]]")


def covered(globs: Iterable[str], by: Iterable[str]) -> bool:
    """Does one of ``by`` surely match whatever each of ``globs`` matches? Never a wrong yes."""
    wider = frozenset(by)
    # What holds only * takes a glob as a text if it takes its matches.
    plain = [other for other in wider if not set("?[") & set(other)]
    return all(
        glob in wider or ("[" not in glob and any(fnmatchcase(glob, other) for other in plain))
        for glob in globs
    )


def may_meet(one: str, other: str) -> bool:
    """May some model match both? Never a wrong no."""
    return all(
        all(a == b for a, b in zip(*ends, strict=False))
        for ends in (
            (_plain_start(one), _plain_start(other)),
            (_plain_start(one[::-1]), _plain_start(other[::-1])),
        )
    )


def _plain_start(glob: str) -> str:
    """As far as it is written out; a text that is turned round may end a class with ``]``."""
    return _WILD.split(glob, maxsplit=1)[0]


def closest_glob(model: str, globs: Iterable[str]) -> str | None:
    """The glob that was probably meant: one whose beginning is close to the model's."""
    heads = {glob.partition("*")[0]: glob for glob in globs if not glob.startswith("*")}
    near = [head for head in heads if closest_label(model[: len(head)], (head,))]
    return heads[max(near, key=len)] if near else None
