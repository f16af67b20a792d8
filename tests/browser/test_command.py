"""The command that a page copies does in a shell what the page said."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from coefgate.core.trees import FolderTree
from coefgate.registry.key import Key
from coefgate.registry.reading import read_registry
from coefgate.replay.evidence import Evidence
from coefgate.whatif.live_data import live_data
from tests.browser.arithmetic import Arithmetic
from tests.repository_files import ROOT

COMMAND: Final = """({data, steps}) => {
    const model = coefgate.load(data);
    return model.command(model.steps(steps));
}"""
GLOBS: Final = ('it\'s "gpt" $(rm -rf .) 5', "a=b `c` ", "!! \\ & ü 📄 > x")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A registry with each part, and with globs that a shell would obey."""
    source = ROOT / "schemas/fixtures/valid/coefficients/semantics-2"
    shutil.copytree(source, tmp_path / "coefficients")
    models = tmp_path / "coefficients/model_factors.yaml"
    texts = [json.dumps(glob, ensure_ascii=False) for glob in GLOBS]
    rules = "".join(
        f"  - models: [{text}]\n    factor: 1.5\n"
        "    basis: {kind: prior, reference: docs/calibrations/baseline.md}\n"
        for text in texts
    )
    models.write_text(models.read_text().replace("factors:\n", f"factors:\n{rules}"))
    shutil.copytree(ROOT / "docs/calibrations", tmp_path / "docs/calibrations")
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "accepted"]):
        who = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.org")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)
    return tmp_path


def test_a_shell_writes_the_numbers(arithmetic: Arithmetic, folder: Path) -> None:
    read = read_registry(FolderTree(folder))
    assert {key.of[0] for key in read.numbers if key.part == "model" and key.of} >= {*GLOBS}
    steps = {key: min(value.steps + 7, key.ends[1] - 1) for key, value in read.numbers.items()}
    given = {
        "data": live_data(read, Evidence([])),
        "steps": {key.name: one for key, one in steps.items()},
    }
    command = arithmetic.ask(COMMAND, given)
    assert command.isprintable()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1, 4}, done.stdout + done.stderr
    after = read_registry(FolderTree(folder)).numbers
    assert {key: value.steps for key, value in after.items()} == steps


def test_as_python_writes_it(arithmetic: Arithmetic, folder: Path) -> None:
    read = read_registry(FolderTree(folder))
    steps = {
        "docs.low": 1800,
        "margin.default": 1250,
        "model.default": 90,
        f"model.{GLOBS[0]}": 2000,
    }
    found = arithmetic.ask(COMMAND, {"data": live_data(read, Evidence([])), "steps": steps})
    words = ["docs.low=1800", "margin.default=1.25", f"model.{GLOBS[0]}=2", "model.default=0.09"]
    assert found == shlex.join(["coefgate", "try", *words, "--write"])


def test_nothing_is_moved(arithmetic: Arithmetic, folder: Path) -> None:
    read = read_registry(FolderTree(folder))
    number = read.numbers[Key("margin")].steps
    given = {"data": live_data(read, Evidence([])), "steps": {"margin.default": number}}
    assert arithmetic.ask(COMMAND, given) is None
