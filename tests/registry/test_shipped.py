"""The registry of this repository: readable, in relation, and known to editors."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from coefgate.core.trees import FolderTree
from coefgate.registry.reading import read_registry

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "coefficients").rglob("*.yaml"))


def test_it_is_valid() -> None:
    registry = read_registry(FolderTree(ROOT))
    assert len(registry.categories) == len(list((ROOT / "coefficients" / "overhead").iterdir()))
    kinds = {registry.default_kind, *(rule.kind for rule in registry.path_rules)}
    assert {kind for _, kind in registry.marginal_costs} == kinds
    assert registry.default_margin.number >= Fraction(1)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_first_line_tells_editors_the_schema(file: Path) -> None:
    name = "overhead" if file.parent.name == "overhead" else file.stem
    schema = Path(
        os.path.relpath(ROOT / "schemas" / f"{name}.schema.json", file.parent)
    ).as_posix()
    assert file.read_text("utf-8").split("\n")[0] == f"# yaml-language-server: $schema={schema}"


@pytest.mark.parametrize("name", ["overhead", "gates", "registry"])
def test_another_validator_accepts_it_with_the_same_schema(name: str) -> None:
    files = [file for file in FILES if name in {file.stem, file.parent.name}]
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--schemafile",
        f"schemas/{name}.schema.json",
        *map(str, files),
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_reading_it_needs_no_tables() -> None:
    program = (
        "import sys; from pathlib import Path; from coefgate.registry.reading import "
        "read_registry;from coefgate.core.trees import FolderTree; "
        "read_registry(FolderTree(Path('.')));sys.exit(bool({'pandas', 'numpy', 'requests'} & "
        "set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
