"""The salt of salted paths: from a file or the environment, and never from the registry."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from coefgate.core.problems import UsageProblem, explained
from coefgate.core.redaction import LEAST_SALT, SALT_VARIABLE

_MAKE: Final = "Make one with: python -c 'import secrets; print(secrets.token_hex(32))' > {}"
_SOMEWHERE: Final = "~/coefgate-path-salt"


def path_salt(file: Path | None, environment: Mapping[str, str], root: Path) -> bytes:
    """The salt in ``file``, or in the environment, for a registry in the folder ``root``.

    Space around it does not count. Raises ``UsageProblem`` where there is none, where it is short,
    or where the file lies in the same repository, so that the next commit could hold it;
    ``EnvironmentProblem`` where the file cannot be read.
    """
    if file is None:
        salt, place = environment.get(SALT_VARIABLE, "").strip().encode(), SALT_VARIABLE
        if not salt:
            raise UsageProblem(
                f"Paths are salted, and there is no salt: name a file with --salt-file, or set "
                f"{SALT_VARIABLE}. {_MAKE.format(_SOMEWHERE)}"
            )
    else:
        if is_beside(file, root):
            raise UsageProblem(
                f"The salt {file} is in the repository of the registry, and whoever has "
                "both the salt and the names can guess what they stand for. Keep it elsewhere, as "
                f"in {_SOMEWHERE}"
            )
        with explained(f"{file} cannot be read", _MAKE.format(shlex.quote(str(file)))):
            salt, place = file.read_bytes().strip(), str(file)
    if len(salt) < LEAST_SALT:
        raise UsageProblem(
            f"The salt in {place} has {len(salt)} bytes, but at least {LEAST_SALT} are needed so "
            f"that nobody can guess it. {_MAKE.format(_SOMEWHERE)}"
        )
    return salt


def is_beside(file: Path, root: Path) -> bool:
    """Does a file lie below ``root``, or in the same repository?"""
    folder = root.resolve()
    top = next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)
    return file.resolve().is_relative_to(top)
