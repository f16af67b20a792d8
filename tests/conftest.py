"""What every test may rely on: the same answers on every machine, in every shell."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import is_hypothesis_test, settings

from coefgate.git.target_branch import VARIABLES

if TYPE_CHECKING:
    from tests.postgres import Server

# As the command does for itself, and before anything imports numpy.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Before anything imports litellm, which else asks the network what models cost.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"


def _holds_all(folder: str) -> bool:
    """Is there room in ``folder`` for what tests write, and may programs be started there?"""
    try:
        found = os.statvfs(folder)
    except (OSError, AttributeError):  # Windows has neither
        return False
    return found.f_bavail * found.f_frsize >= 4 * 2**30 and not found.f_flag & os.ST_NOEXEC


# Nobody needs the files of tests after a power cut: in memory nothing waits for a disk.
if "TMPDIR" not in os.environ and _holds_all("/dev/shm"):  # noqa: S108
    os.environ["TMPDIR"] = tempfile.tempdir = "/dev/shm"  # noqa: S108

# A slow machine is no failure, and CI must not fail on an input that nobody can find again.
settings.register_profile(
    "coefgate", deadline=None, derandomize="CI" in os.environ, print_blob=True
)
settings.load_profile("coefgate")

_TESTS = Path(__file__).parent
_SET_UP = ("SKIP", "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES")


_RUN_AGAIN = (
    "examples/test_airun.py",
    "github/",
    "portable/",
    *(
        f"end_to_end/test_{name}.py"
        for name in [
            "annotated_places",
            "answers_in_advance",
            "bad_coefficients",
            "bad_samples",
            "blame",
            "calibration_figures",
            "circle",
            "claims",
            "contradictions",
            "corrections",
            "digits",
            "docs",
            "false_alarms",
            "figures",
            "gate_accepted",
            "gate_accepted_states",
            "gate_places",
            "gate_restore",
            "gate_rules",
            "gate_samples",
            "headlines",
            "hooks",
            "interrupted",
            "intervals",
            "judge_files",
            "labels",
            "left_out",
            "many_categories",
            "misspelt",
            "model_factors",
            "next_steps",
            "no_calls",
            "other_complexities",
            "renames",
            "revert",
            "salami",
            "same_call",
            "same_count",
            "start",
            "tutorial",
            "withdrawn",
        ]
    ),
)
"""Tests that run whole commands for what they say; coverage is measured elsewhere."""


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Do not measure these, nor what is run on many drawn inputs: it takes twice the time."""
    for item in items:
        path = item.path.relative_to(_TESTS).as_posix()
        drawn = is_hypothesis_test(getattr(item, "obj", None))
        if drawn:
            item.add_marker("thorough")
        if drawn or path.startswith(_RUN_AGAIN):
            item.add_marker("no_cover")


def pytest_collection_finish() -> None:
    """Let no search for garbage go through the thousands of tests, which stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def measured(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test that is marked ``no_cover`` starts is not measured either."""
    if request.node.get_closest_marker("no_cover"):
        monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Let Ctrl-C reach the programs that tests start, also where it is ignored.

    ``nohup`` ignores it, and so does a script's ``&``. A program inherits that a signal is
    ignored, but not that Python handles it.
    """
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, inherited)


@pytest.fixture(scope="session", autouse=True)
def plain_environment() -> Iterator[None]:
    """Hide from tests and the programs they start what a terminal, a hook or a user has set up."""
    with pytest.MonkeyPatch.context() as patch:
        for name in tuple(os.environ):
            if (
                name in _SET_UP
                or name in VARIABLES
                or name.startswith(("COEFGATE_", "GIT_", "PRE_COMMIT", "PREK"))
            ):
                patch.delenv(name)
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this program."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=_TESTS.parent, check=True, capture_output=True)
    [found] = folder.glob("coefgate-*.whl")
    return found


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for this process of tests."""
    from tests.postgres import postgres_server  # noqa: PLC0415 (not on every system)

    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Server) -> str:
    """The address of an empty database of a real PostgreSQL server."""
    return postgres.fresh_database()
