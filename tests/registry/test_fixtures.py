"""Every fixture of the registry's documents; a new one needs no line here.

``valid/<document>/<what>.yaml`` is accepted. ``invalid/<document>/<code>[--detail].yaml`` fails
for exactly one reason, the code in its name. A folder ``invalid/coefficients/<code>[--detail]/``
holds the files in which a registry differs from ``valid/coefficients/minimal/``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coefgate.core.problems import Problem
from coefgate.core.trees import FolderTree
from coefgate.registry.document_set import Documents
from coefgate.registry.files import FOLDER, OPTIONAL, OVERHEAD_FOLDER, REQUIRED
from coefgate.registry.reading import registry_problems
from coefgate.registry.relations import relation_problems
from coefgate.registry.schemas import schema_problems
from coefgate.registry.yaml_reader import read_document

FIXTURES = Path(__file__).parents[2] / "schemas" / "fixtures"
DOCUMENTS = ("overhead", *REQUIRED, *OPTIONAL, "mapping")


def _fixtures(kind: str) -> list[Path]:
    return sorted(file for name in DOCUMENTS for file in (FIXTURES / kind / name).glob("*.yaml"))


def _folders(kind: str) -> list[Path]:
    return sorted((FIXTURES / kind / FOLDER).iterdir())


def _name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def _problems(fixture: Path) -> tuple[Problem, ...]:
    name = fixture.parent.name
    file = f"{OVERHEAD_FOLDER}/docs.yaml" if name == "overhead" else f"{FOLDER}/{name}.yaml"
    document, problems = read_document(fixture.read_bytes(), file)
    if document is None:
        return problems
    relations = relation_problems(Documents({file: document}))
    return (*problems, *schema_problems(document, name), *relations)


def _folder_problems(folder: Path, tmp_path: Path) -> tuple[Problem, ...]:
    for source in (FIXTURES / "valid" / FOLDER / "minimal", folder):
        shutil.copytree(source, tmp_path / FOLDER, dirs_exist_ok=True)
    return registry_problems(FolderTree(tmp_path))[1]


def _reason(fixture: Path) -> str:
    return fixture.name.removesuffix(".yaml").partition("--")[0]


@pytest.mark.parametrize("fixture", _fixtures("valid"), ids=_name)
def test_a_valid_document_is_accepted(fixture: Path) -> None:
    assert _problems(fixture) == ()


@pytest.mark.parametrize("fixture", _fixtures("invalid"), ids=_name)
def test_an_invalid_document_fails_for_the_reason_in_its_name(fixture: Path) -> None:
    problems = _problems(fixture)
    assert [problem.code for problem in problems] == [_reason(fixture)], "\n".join(
        map(str, problems)
    )
    _assert_readable(problems[0], fixture.read_bytes())


@pytest.mark.parametrize("folder", _folders("valid"), ids=_name)
def test_a_valid_folder_is_accepted(folder: Path, tmp_path: Path) -> None:
    assert _folder_problems(folder, tmp_path) == ()


@pytest.mark.parametrize("folder", _folders("invalid"), ids=_name)
def test_an_invalid_folder_fails_for_the_reason_in_its_name(folder: Path, tmp_path: Path) -> None:
    problems = _folder_problems(folder, tmp_path)
    assert {problem.code for problem in problems} == {_reason(folder)}, "\n".join(
        map(str, problems)
    )
    assert len({problem.file for problem in problems}) == 1


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_document_has_fixtures_of_both_kinds(name: str) -> None:
    assert list((FIXTURES / "valid" / name).glob("*.yaml"))
    assert len({_reason(file) for file in (FIXTURES / "invalid" / name).glob("*.yaml")}) >= 3


def _assert_readable(problem: Problem, content: bytes) -> None:
    """The place is inside of the file, and the message is one line of whole sentences."""
    lines = content.decode("utf-8", "replace").split("\n")
    assert 1 <= problem.line <= len(lines)
    assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
    assert str(problem).isprintable()
    assert problem.fix.endswith(
        (".", "?", "]", "}", "with: git lfs pull")
    ) or problem.fix.startswith("Add the line: ")
    assert len(str(problem)) < 400
