"""docs/how-to/releasing-the-first.md: what it says to run and to copy is there, and valid."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from coefgate.runner.command_names import COMMANDS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/how-to/releasing-the-first.md").read_text("utf-8")
WORKFLOWS = "".join(
    path.read_text("utf-8") for path in sorted((ROOT / ".github/workflows").glob("*.yml"))
)


@pytest.fixture(scope="module")
def package() -> str:
    """The workflow to copy."""
    [block] = re.findall(r"^   ```yaml\n(.*?)^   ```$", PAGE, re.DOTALL | re.MULTILINE)
    return dedent(block)


def test_the_workflow_to_copy_is_one(package: str, tmp_path: Path) -> None:
    file = tmp_path / "package.yml"
    file.write_text(package, "utf-8")
    command = ["check_jsonschema", "--builtin-schema", "vendor.github-workflows", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, check=False
    )
    assert done.stdout == "ok -- validation done\n", done.stderr


def test_it_takes_the_actions_that_the_others_take(package: str) -> None:
    used = re.findall(r"uses: (\S+@[0-9a-f]{40} # v[\d.]+)$", package, re.MULTILINE)
    assert len(used) == package.count("uses:") == 2
    assert [one for one in used if one not in WORKFLOWS] == []


def test_nothing_but_its_one_job_may_ask_for_an_identity(package: str) -> None:
    document = yaml.safe_load(package)
    assert document["permissions"] == {}
    [job] = document["jobs"].values()
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert job["environment"] == "pypi"
    assert "secrets." not in package


def test_what_it_says_to_run_is_there() -> None:
    inputs = re.findall(r"--input (\S+)", PAGE)
    assert sorted(inputs) == [".github/rulesets/main.json", ".github/rulesets/tags.json"]
    assert [name for name in inputs if not (ROOT / name).is_file()] == []
    commands = re.findall(r"^coefgate (\S+)", PAGE, re.MULTILINE)
    assert set(commands) == {"release", "pin", "verify"} <= {*COMMANDS}
    named = re.findall(r"tests/[\w/]+\.py", PAGE)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_no_page_sends_people_to_an_index_that_does_not_have_the_program() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    indexed = re.compile(r"pypi\.org/project|(?:pipx|uvx|uv tool install) coefgate")
    assert [page for page in pages if indexed.search(page.read_text("utf-8"))] == []
