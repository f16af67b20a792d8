"""Files written otherwise, or other files: nothing that is judged changes."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.judge_files import JUDGE_FILE
from coefgate.drill.kinds.verbs import new_file
from coefgate.drill.plant import Plant, passes
from coefgate.drill.yaml_text import dumped

PAGE: Final = new_file(
    b"# A page\n\nNothing else changes.\n", "docs/drill-{}.md", what="a new page"
)
"""Add a page of documentation."""
_JUDGE_ALONE: Final = new_file(b'"""Nothing of the registry changes with it."""\n', JUDGE_FILE)


def _yaml_file(state: Fileset, rng: Random) -> str:
    return rng.choice(sorted(path for path in state.files if path.startswith("coefficients/")))


def _comment(state: Fileset, rng: Random) -> Plant:
    file = _yaml_file(state, rng)
    line_end = b"\r\n" if b"\r\n" in state.files[file] else b"\n"
    lines = [line + line_end for line in state.files[file].splitlines()]
    at = rng.choice([0, len(lines)])
    lines.insert(at, b"# Looked at by the drill." + line_end)
    return Plant(f"a comment in line {at + 1}", {file: b"".join(lines)})


def _reformatted(state: Fileset, rng: Random) -> Plant:
    file, indent = _yaml_file(state, rng), rng.choice((2, 3, 4, 6))
    content = dumped(state.document(file), indent=indent)
    return Plant(f"written anew, indented by {indent}", {file: content})


def _reordered(state: Fileset, rng: Random) -> Plant:
    file = _yaml_file(state, rng)
    content = dumped(_shuffled(state.document(file), rng))
    return Plant("the keys of every mapping in another order", {file: content})


def _shuffled(data: Any, rng: Random) -> Any:
    if isinstance(data, dict):
        items = list(data.items())
        rng.shuffle(items)
        return {key: _shuffled(value, rng) for key, value in items}
    return [_shuffled(value, rng) for value in data] if isinstance(data, list) else data


# fmt: off
HARMLESS: Final = (
    passes("comment", "a comment added", _comment),
    passes("reformatted", "a file written in another style", _reformatted),
    passes("keys-reordered", "the keys of a file in another order", _reordered),
    passes("documents-only", "a page of documentation", PAGE),
    passes("judge-alone", "a file of validator/ by itself", _JUDGE_ALONE),
)
# fmt: on
