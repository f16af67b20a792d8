"""An installation without any package, and a remote for it to pin."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.runner.remotes import Remote, two_releases

Done = subprocess.CompletedProcess[str]
Runner = Callable[..., Done]


@pytest.fixture(scope="session")
def bare_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds only the wheel of this program, not even pip."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    install = ["--python", str(python), "install", "-q", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", *install], check=True, capture_output=True)
    return python


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return two_releases(tmp_path / "remote.git")


@pytest.fixture
def runner(bare_python: Path, tmp_path: Path) -> Runner:
    """Run the installed command in an empty folder, with a home and no other surroundings.

    ``environment``: further variables; ``None`` takes one away.
    """
    work, home = tmp_path / "work", tmp_path / "home"
    work.mkdir()
    home.mkdir()

    def run(*arguments: str | bytes, environment: Mapping[str, str | None] | None = None) -> Done:
        wanted = {"PATH": os.environ["PATH"], "HOME": str(home), **(environment or {})}
        return subprocess.run(
            [str(bare_python.with_name("coefgate")), *arguments],
            cwd=work,
            env={name: value for name, value in wanted.items() if value is not None},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
