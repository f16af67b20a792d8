"""What judges changes in one proposal with what is judged."""

from __future__ import annotations

from random import Random
from typing import Final

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.draws import small_change
from coefgate.drill.kinds.lines import added, eligible, new_call
from coefgate.drill.kinds.verbs import new_file, together
from coefgate.drill.oracle.prediction import predicted
from coefgate.drill.plant import Plant, Planting, stopped

JUDGE_FILE: Final = "validator/coefgate/gates/drill_{}.py"
LENIENT: Final = b'"""Let everything through."""\n'
_RULE: Final = "judge-and-values"


def _call(state: Fileset, rng: Random) -> Plant:
    """A new call like a stored one, in the words of its file."""
    like = rng.choice(eligible(state))
    lines = added([new_call(like, rng.randint(1, 999), predicted(state, like.fields))])
    return Plant(next(iter(lines)), lines)


def _with_a_coefficient(*names: str, content: bytes = b"# Let everything through.\n") -> Planting:
    return together(new_file(content, *names), small_change)


def _with_a_call(*names: str, content: bytes) -> Planting:
    return together(new_file(content, *names), _call)


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
            *(
                "mise.toml",
                "uv.toml",
                "setup.cfg",
                "pip.conf",
                "environment.yml",
                "lefthook.yml",
            ),
            *(
                ".husky/pre-push",
                "justfile",
                "Taskfile.yml",
                ".cirrus.yml",
                ".semaphore/gate.yml",
            ),
            *("buildspec.yml", "yaml.py"),
        ), by=_RULE),
    stopped("lock-with-samples", "a lock file with a stored call",
        _with_a_call(
            *("requirements/lock.txt", "requirements.txt", "uv.lock", "sub/poetry.lock"),
            *("pylock.toml", "pylock.drill.toml", "packages.lock.json"),
            content=b"numpy==0.0.1\n",
        ), by=_RULE),
)
# fmt: on
