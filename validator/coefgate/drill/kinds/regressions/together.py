"""Changes of what judges in one proposal with what is judged."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.fileset import FileChanges, Fileset
from coefgate.drill.kinds.calls import added, eligible, new_call
from coefgate.drill.kinds.drawing import small_change
from coefgate.drill.kinds.parts import judge_file
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Kind, Plant, regression

_RULE: Final = frozenset(("judge-and-values",))


def _validator(state: Fileset, rng: Random) -> Plant:
    return _with_a_coefficient(state, rng, judge_file(rng), b'"""Let everything through."""\n')


def _schemas(state: Fileset, rng: Random) -> Plant:
    return _with_a_call(state, rng, f"schemas/drill-{rng.randint(1, 999)}.schema.json", b"{}\n")


def _action(state: Fileset, rng: Random) -> Plant:
    """The file that runs the gate, or one that says who is asked, with a coefficient."""
    file = rng.choice(
        (
            *("action.yml", ".github/workflows/gate.yml", ".github/CODEOWNERS"),
            *("pyproject.toml", ".pre-commit-config.yaml", ".pre-commit-hooks.yaml"),
        )
    )
    return _with_a_coefficient(state, rng, file, b"# Let everything through.\n")


def _lock(state: Fileset, rng: Random) -> Plant:
    """Other packages for the judge to run on, with a stored call."""
    file = rng.choice(
        (
            *("requirements/lock.txt", "requirements.txt", "uv.lock", "sub/poetry.lock"),
            *("pylock.toml", "pylock.drill.toml", "packages.lock.json"),
        )
    )
    return _with_a_call(state, rng, file, b"numpy==0.0.1\n")


def _makefile(state: Fileset, rng: Random) -> Plant:
    """What a CI is told to run, in one of the ways that there are, with a coefficient."""
    file = rng.choice(
        ("Makefile", "GNUmakefile", "tox.ini", "noxfile.py", ".travis.yml", ".drone.yml")
    )
    return _with_a_coefficient(state, rng, file, b"# Let everything through.\n")


def _runs_in(state: Fileset, rng: Random) -> Plant:
    """What chooses an interpreter, a container, a package index or hooks, with a coefficient."""
    file = rng.choice(
        (
            *(
                "Dockerfile",
                "Containerfile.drill",
                "docker-compose.yml",
                ".python-version",
                "mise.toml",
            ),
            *(
                "uv.toml",
                "setup.cfg",
                "pip.conf",
                "environment.yml",
                "lefthook.yml",
                ".husky/pre-push",
            ),
            *(
                "justfile",
                "Taskfile.yml",
                ".cirrus.yml",
                ".semaphore/gate.yml",
                "buildspec.yml",
                "yaml.py",
            ),
        )
    )
    return _with_a_coefficient(state, rng, file, b"# Let everything through.\n")


def _with_a_coefficient(state: Fileset, rng: Random, file: str, content: bytes) -> Plant:
    other = small_change(state, rng)
    changed: FileChanges = {file: content, **other.changed}
    return Plant(file, f"a new file, with {other.what}", changed, _RULE)


def _with_a_call(state: Fileset, rng: Random, file: str, content: bytes) -> Plant:
    like = rng.choice(eligible(state))
    calls = added([new_call(like, rng.randint(1, 999), predicted(state, like.fields))])
    changed: FileChanges = {file: content, **calls}
    return Plant(file, f"a new file, with {next(iter(calls))}", changed, _RULE)


KINDS: Final[tuple[Kind, ...]] = (
    regression("validator-with-values", "a file of validator/ with a coefficient", _validator),
    regression("schemas-with-samples", "a file of schemas/ with a stored call", _schemas),
    regression("action-with-values", "a file that runs the gate with a coefficient", _action),
    regression(
        "makefile-with-values", "a file of commands that a CI runs with a coefficient", _makefile
    ),
    regression(
        "surroundings-with-values",
        "a file that chooses what the gate runs in, with a coefficient",
        _runs_in,
    ),
    regression("lock-with-samples", "a lock file with a stored call", _lock),
)
