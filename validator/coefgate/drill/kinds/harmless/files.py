"""Files written otherwise, or other files."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.parts import judge_file
from coefgate.drill.plant import Kind, Plant, harmless
from coefgate.drill.yaml_text import dumped


def _yaml_file(state: Fileset, rng: Random) -> str:
    return rng.choice(sorted(path for path in state.files if path.startswith("coefficients/")))


def _comment(state: Fileset, rng: Random) -> Plant:
    file = _yaml_file(state, rng)
    line_end = b"\r\n" if b"\r\n" in state.files[file] else b"\n"
    lines = [line + line_end for line in state.files[file].splitlines()]
    at = rng.choice([0, len(lines)])
    lines.insert(at, b"# Looked at by the drill." + line_end)
    return Plant(file, f"a comment in line {at + 1}", {file: b"".join(lines)})


def _reformatted(state: Fileset, rng: Random) -> Plant:
    file = _yaml_file(state, rng)
    indent = rng.choice((2, 3, 4, 6))
    return Plant(
        file,
        f"written anew, indented by {indent}",
        {file: dumped(state.document(file), indent=indent)},
    )


def _reordered(state: Fileset, rng: Random) -> Plant:
    file = _yaml_file(state, rng)
    return Plant(
        file,
        "the keys of every mapping in another order",
        {file: dumped(_shuffled(state.document(file), rng))},
    )


def _shuffled(data: Any, rng: Random) -> Any:
    if isinstance(data, dict):
        items = list(data.items())
        rng.shuffle(items)
        return {key: _shuffled(value, rng) for key, value in items}
    return [_shuffled(value, rng) for value in data] if isinstance(data, list) else data


def _documents(_state: Fileset, rng: Random) -> Plant:
    file = f"docs/drill-{rng.randint(1, 999)}.md"
    return Plant(file, "a new page", {file: b"# A page\n\nNothing else changes.\n"})


def _judge_alone(_state: Fileset, rng: Random) -> Plant:
    file = judge_file(rng)
    return Plant(file, "a new file", {file: b'"""Nothing of the registry changes with it."""\n'})


KINDS: Final[tuple[Kind, ...]] = (
    harmless("comment", "a comment added", _comment),
    harmless("reformatted", "a file written in another style", _reformatted),
    harmless("keys-reordered", "the keys of a file in another order", _reordered),
    harmless("documents-only", "a page of documentation", _documents),
    harmless("judge-alone", "a file of validator/ by itself", _judge_alone),
)
