"""The compiled registry as one file: the snapshot that runners load."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from coefgate.core.atomic_files import ready_files
from coefgate.registry.compilation import snapshot
from coefgate.replay.state import State
from coefgate.use_cases.registry_folder import keep_out_of_the_registry, registry_folder
from coefgate.use_cases.state import state_at


@dataclass(frozen=True, slots=True)
class Build:
    """``data``: the snapshot in canonical form; its sha256 is the digest of ``state``."""

    state: State
    data: bytes


def build(root: Path, *, at: str | None = None, output: Path | None = None) -> Build:
    """Compile the folder, or the commit ``at``; write the snapshot to ``output``, if any.

    Raises ``UsageProblem`` where ``output`` lies in the registry.
    """
    if output is not None:
        keep_out_of_the_registry(output, root)
    state = state_at(registry_folder(root) if at is None else root, at, calls=False)
    data = snapshot(state.registry).data
    if output is not None:
        with ready_files({output: data}) as put:
            put()
    return Build(state, data)
