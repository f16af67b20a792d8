"""The wheel: a runner needs nothing else, commands say what they need, schemas come along."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SHIPPED


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def _python(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=SHIPPED,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_holds_the_program_and_its_schemas_and_nothing_else(installed: Path) -> None:
    tops = {
        path.relative_to(installed).parts[0] for path in installed.rglob("*") if path.is_file()
    }
    assert {top for top in tops if not top.endswith(".dist-info")} == {"coefgate"}
    shipped = {path.name for path in (SHIPPED / "schemas").glob("*.schema.json")}
    assert {
        path.name for path in (installed / "coefgate/schemas").rglob("*") if path.is_file()
    } == shipped
    assert (installed / "coefgate/py.typed").is_file()


def test_estimates_with_nothing_but_the_standard_library(installed: Path) -> None:
    code = (
        "import json\n"
        "from coefgate.core.estimate import estimate\n"
        "from coefgate.core.table import compile_table\n"
        "from coefgate.core.vocabulary import Deliverable\n"
        "content = json.load(open('tests/vectors/semantics-1.json'))['snapshot']\n"
        "table = compile_table(content, registry_version='1', digest='x')\n"
        "files = [Deliverable('a.md')]\n"
        "print(estimate(table, category='docs', complexity='low', deliverables=files).tokens)\n"
    )
    done = _python(installed, "-S", "-W", "error::ResourceWarning", "-c", code)
    assert (done.returncode, done.stdout) == (0, "2270\n"), (
        done.stderr
    )  # ceil((1,511 + 521) × 1.117)


def test_explains_the_rules_from_the_page_that_it_brought(installed: Path) -> None:
    assert (installed / "coefgate/docs/reference/gates.md").is_file()
    assert (installed / "coefgate/docs/reference/glossary.md").is_file()
    done = _python(installed, "-m", "coefgate", "explain", "swing")
    assert done.returncode == 0
    assert done.stdout.startswith("## swing\n\n**Rule:** no value moves by ")


def test_the_commands_say_what_they_need(installed: Path) -> None:
    done = _python(installed, "-S", "-m", "coefgate", "gate")
    assert done.returncode == 5
    assert "(extra cli) with: python -m pip install 'click>=8.1' 'jsonschema" in done.stderr
    assert "Traceback" not in done.stderr


def test_checks_with_the_schemas_that_it_brought(installed: Path) -> None:
    code = (
        "from coefgate.registry.schemas import shipped; "
        "print(shipped('schemas', 'overhead.schema.json'))"
    )
    assert (
        Path(_python(installed, "-c", code).stdout.strip()).parent
        == installed / "coefgate" / "schemas"
    )
    assert _python(installed, "-m", "coefgate", "check").returncode == 0


def test_begins_a_registry_with_the_files_that_it_brought(installed: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    done = _python(installed, "-m", "coefgate", "init", str(new), "--ci", "none", "--no-hooks")
    assert done.returncode == 0, done.stderr
    assert "NO CALLS YET" in done.stdout
    schema = (new / "schemas/overhead.schema.json").read_bytes()
    assert schema == (installed / "coefgate/schemas/overhead.schema.json").read_bytes()
