"""What a shell may complete: names of the registry's values, and revisions of its repository.

Nothing here raises what a user could fix: a shell that completes a word has no place to say so.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from coefgate.core.problems import CoefgateError
from coefgate.core.trees import FolderTree
from coefgate.git.repository import Repository
from coefgate.registry.reading import read_registry
from coefgate.use_cases.registry_folder import folder_or_repository, registry_folder


def value_names(folder: Path) -> tuple[str, ...]:
    """The numbers of the registry that ``folder`` is in; none where it cannot be read."""
    with suppress(CoefgateError, OSError):
        registry = read_registry(FolderTree(registry_folder(folder)))
        return tuple(key.name for key in registry.numbers)
    return ()


def revisions(folder: Path) -> tuple[str, ...]:
    """Branches and tags of the repository that ``folder`` is in."""
    with suppress(CoefgateError, OSError), Repository(folder_or_repository(folder)) as repository:
        return tuple(repository.refs("%(refname:short)", "refs/heads", "refs/tags"))
    return ()
