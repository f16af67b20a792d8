"""Files beside the numbers: those of the judge, pages, and the same in another form."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.lines import added, eligible, new_call
from coefgate.drill.kinds.verbs import new_file, small_change, together
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Plant, passes, stopped_by
from coefgate.drill.yaml_text import dumped

JUDGE_FILE: Final = "validator/coefgate/gates/drill_{}.py"
LENIENT: Final = b'"""Let everything through."""\n'
_LET_THROUGH: Final = b"# Let everything through.\n"
PAGE: Final = new_file(
    b"# A page\n\nNothing else changes.\n", "docs/drill-{}.md", what="a new page"
)
"""Add a page of documentation."""


def _call(state: Fileset, rng: Random) -> Plant:
    """A new call like a stored one, in the words of its file."""
    like = rng.choice(eligible(state))
    lines = added([new_call(like, rng.randint(1, 999), predicted(state, like.fields))])
    return Plant(next(iter(lines)), lines)


def _yaml_file(state: Fileset, rng: Random) -> str:
    return rng.choice(sorted(path for path in state.files if path.startswith("coefficients/")))


def _comment(state: Fileset, rng: Random) -> Plant:
    file = _yaml_file(state, rng)
    line_end = b"\r\n" if b"\r\n" in state.files[file] else b"\n"
    lines = state.files[file].splitlines()
    at = rng.choice([0, len(lines)])
    lines.insert(at, b"# Looked at by the drill.")
    return Plant(f"a comment in line {at + 1}", {file: line_end.join([*lines, b""])})


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
REGRESSIONS: Final = stopped_by("judge-and-values",
    ("validator-with-values", "a file of validator/ with a coefficient",
        together(new_file(LENIENT, JUDGE_FILE), small_change)),
    ("schemas-with-samples", "a file of schemas/ with a stored call",
        together(new_file(b"{}\n", "schemas/drill-{}.schema.json"), _call)),
    ("action-with-values", "a file that runs the gate with a coefficient",
        together(new_file(_LET_THROUGH,
            *("action.yml", ".github/workflows/gate.yml", ".github/CODEOWNERS"),
            *("pyproject.toml", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml"),
        ), small_change)),
    ("makefile-with-values", "a file of commands that a CI runs with a coefficient",
        together(new_file(_LET_THROUGH,
            *("Makefile", "GNUmakefile", "tox.ini", "noxfile.py", ".travis.yml", ".drone.yml"),
        ), small_change)),
    ("surroundings-with-values", "a file that chooses what the gate runs in, with a coefficient",
        together(new_file(_LET_THROUGH,
            *("Dockerfile", "Containerfile.drill", "docker-compose.yml", ".python-version"),
            *("mise.toml", "uv.toml", "setup.cfg", "pip.conf", "environment.yml", "lefthook.yml"),
            *(".husky/pre-push", "justfile", "Taskfile.yml", ".cirrus.yml", ".semaphore/gate.yml"),
            *("buildspec.yml", "yaml.py"),
        ), small_change)),
    ("lock-with-samples", "a lock file with a stored call",
        together(new_file(b"numpy==0.0.1\n",
            *("requirements/lock.txt", "requirements.txt", "uv.lock", "sub/poetry.lock"),
            *("pylock.toml", "pylock.drill.toml", "packages.lock.json"),
        ), _call)),
)
HARMLESS: Final = (
    passes("comment", "a comment added", _comment),
    passes("reformatted", "a file written in another style", _reformatted),
    passes("keys-reordered", "the keys of a file in another order", _reordered),
    passes("documents-only", "a page of documentation", PAGE),
    passes("judge-alone", "a file of validator/ by itself",
        new_file(b'"""Nothing of the registry changes with it."""\n', JUDGE_FILE)),
)
# fmt: on
