"""A registry whose numbers change, and the life of one of them as tests look at it."""

from __future__ import annotations

from pathlib import Path

import yaml

from coefgate.core.trees import FolderTree
from coefgate.git.number_history import life_of
from coefgate.git.repository import Repository
from coefgate.registry.number_history import NumberHistory, Step

DOCS = "coefficients/overhead/docs.yaml"


def edit(registry: Path, file: str, old: str, new: str) -> None:
    path = registry / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def docs_low(registry: Path, tokens: int) -> None:
    """Give docs.low this number; it is the first one in its file."""
    path = registry / DOCS
    document = yaml.safe_load(path.read_text("utf-8"))
    edit(registry, DOCS, f"tokens: {document['overhead']['low']['tokens']}", f"tokens: {tokens}")


def read_life(registry: Path, name: str, *, folder: bool = True) -> NumberHistory:
    with Repository(registry) as repository:
        return life_of(repository, name, folder=FolderTree(registry) if folder else None)


def numbers_of(life: NumberHistory) -> list[int | None]:
    return [None if step.after.number is None else int(step.after.number) for step in life.steps]


def subjects_of(steps: tuple[Step, ...]) -> list[str]:
    return [step.commit.subject if step.commit else "worktree" for step in steps]
