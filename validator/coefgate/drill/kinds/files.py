"""Files beside the numbers: those of the judge, pages, and the same in another form."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.draws import small_change
from coefgate.drill.kinds.lines import added, eligible, new_call
from coefgate.drill.kinds.verbs import new_file, together
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Plant, Planting, passes, stopped
from coefgate.drill.yaml_text import dumped

JUDGE_FILE: Final = "validator/coefgate/gates/drill_{}.py"
LENIENT: Final = b'"""Let everything through."""\n'
_RULE: Final = "judge-and-values"
PAGE: Final = new_file(
    b"# A page\n\nNothing else changes.\n", "docs/drill-{}.md", what="a new page"
)
"""Add a page of documentation."""
_JUDGE_ALONE: Final = new_file(b'"""Nothing of the registry changes with it."""\n', JUDGE_FILE)


def _call(state: Fileset, rng: Random) -> Plant:
    """A new call like a stored one, in the words of its file."""
    like = rng.choice(eligible(state))
    lines = added([new_call(like, rng.randint(1, 999), predicted(state, like.fields))])
    return Plant(next(iter(lines)), lines)


def _with_a_coefficient(*names: str, content: bytes = b"# Let everything through.\n") -> Planting:
    return together(new_file(content, *names), small_change)


def _with_a_call(*names: str, content: bytes) -> Planting:
    return together(new_file(content, *names), _call)


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
REGRESSIONS: Final = (
    stopped("validator-with-values", "a file of validator/ with a coefficient",
        _with_a_coefficient(JUDGE_FILE, content=LENIENT), by=_RULE),
    stopped("schemas-with-samples", "a file of schemas/ with a stored call",
        _with_a_call("schemas/drill-{}.schema.json", content=b"{}\n"), by=_RULE),
    stopped("action-with-values", "a file that runs the gate with a coefficient",
        _with_a_coefficient(
            *("action.yml", ".github/workflows/gate.yml", ".github/CODEOWNERS"),
            *("pyproject.toml", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml"),
        ), by=_RULE),
    stopped("makefile-with-values", "a file of commands that a CI runs with a coefficient",
        _with_a_coefficient(
            *("Makefile", "GNUmakefile", "tox.ini", "noxfile.py", ".travis.yml", ".drone.yml")
        ), by=_RULE),
    stopped("surroundings-with-values",
        "a file that chooses what the gate runs in, with a coefficient",
        _with_a_coefficient(
            *("Dockerfile", "Containerfile.drill", "docker-compose.yml", ".python-version"),
            *("mise.toml", "uv.toml", "setup.cfg", "pip.conf", "environment.yml", "lefthook.yml"),
            *(".husky/pre-push", "justfile", "Taskfile.yml", ".cirrus.yml", ".semaphore/gate.yml"),
            *("buildspec.yml", "yaml.py"),
        ), by=_RULE),
    stopped("lock-with-samples", "a lock file with a stored call",
        _with_a_call(
            *("requirements/lock.txt", "requirements.txt", "uv.lock", "sub/poetry.lock"),
            *("pylock.toml", "pylock.drill.toml", "packages.lock.json"),
            content=b"numpy==0.0.1\n",
        ), by=_RULE),
)
HARMLESS: Final = (
    passes("comment", "a comment added", _comment),
    passes("reformatted", "a file written in another style", _reformatted),
    passes("keys-reordered", "the keys of a file in another order", _reordered),
    passes("documents-only", "a page of documentation", PAGE),
    passes("judge-alone", "a file of validator/ by itself", _JUDGE_ALONE),
)
# fmt: on
