"""Files of the repository that come with the program."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem
from coefgate.registry import schemas as module
from coefgate.registry.schemas import shipped

ROOT = Path(__file__).parents[2]


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A program that is installed in an empty place."""
    folder = tmp_path / "validator" / "coefgate"
    folder.mkdir(parents=True)
    monkeypatch.setattr(module, "_PACKAGE", folder)
    shipped.cache_clear()
    yield folder
    shipped.cache_clear()


def test_the_repository_holds_them() -> None:
    assert shipped("docs", "gates.md") == ROOT / "docs/gates.md"


def test_the_installed_program_brings_its_own(package: Path) -> None:
    (package / "schemas").mkdir()
    (package / "schemas" / "lock.schema.json").write_text("{}")
    assert shipped("schemas", "lock.schema.json") == package / "schemas/lock.schema.json"


def test_a_missing_one_is_a_broken_installation(package: Path) -> None:
    with pytest.raises(
        EnvironmentProblem, match=r"^docs/gates.md, which .* python -m pip install"
    ):
        shipped("docs", "gates.md")
