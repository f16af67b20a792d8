"""An importer of another distribution, by an entry point: that of docs/how-to/importers.md."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.frozen_registry import copy_registry
from tests.repository_files import ROOT

PAGE = (ROOT / "docs/how-to/importers.md").read_text("utf-8")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder on the path of Python, as an installer leaves it."""
    [module] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    [group, line] = re.findall(r"```toml\n\[project.entry-points.\"(.*)\"\]\n(.*)\n```", PAGE)[0]
    folder = tmp_path / "site"
    (folder / "our_tools").mkdir(parents=True)
    (folder / "our_tools/__init__.py").touch()
    (folder / "our_tools/build_log.py").write_text(module, "utf-8")
    about = folder / "our_tools-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: our-tools\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{group}]\n{line.replace(chr(34), '')}\n")
    return folder


def _run(site: Path, root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coefgate", "samples", "import", *words],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(site)},
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_importer_of_the_page_is_found_and_read(installed: Path, tmp_path: Path) -> None:
    root = tmp_path / "registry"
    copy_registry(root)
    (root / "week.buildlog").write_text("T-1 docs/a.md 900\nT-2 src/b.py many\nT-3 src/c.py 41\n")
    done = _run(installed, root, "build-log", ".", "--format", "json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["taken"] == {"calls": 2, "tokens": 941}
    assert found["unreadable"]["a line of other than three words"]["places"] == ["week.buildlog:2"]
    lines = [json.loads(line) for line in (root / found["path"]).read_text("utf-8").splitlines()]
    assert {one["phase_id"]: one["origin"] for one in lines} == dict.fromkeys(
        ("T-1", "T-3"), "build-log"
    )
    again = json.loads(_run(installed, root, "build-log", ".", "--format", "json").stdout)
    assert (again["taken"]["calls"], again["known"]["calls"]) == (0, 2)


def test_without_its_distribution_it_is_no_format(tmp_path: Path) -> None:
    root = tmp_path / "registry"
    copy_registry(root)
    done = _run(tmp_path, root, "build-log", ".")
    assert done.returncode == 2
    assert "build-log is not a format that can be imported" in done.stderr
