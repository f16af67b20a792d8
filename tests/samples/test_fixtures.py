"""Every fixture of samples and retirements; a new one needs no line here.

``valid/sample/<what>.jsonl`` is accepted. ``invalid/sample/<code>[--detail].jsonl`` fails for
exactly one reason, the code in its name; one of ``invalid/new_sample/`` is read where it is
stored, and not let in where it is new. The same for ``retired/*.yaml`` and ``erased/*.yaml``.
Each file of samples holds one line, of the origin ``fixture``."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from coefgate.core.problems import Problem
from coefgate.core.trees import FolderTree
from coefgate.registry.schemas import load_schema, schema_problems
from coefgate.samples.acceptance import accepted_fields
from coefgate.samples.line_errors import place
from coefgate.samples.lists import erasures, retirements
from coefgate.samples.reading import contradictory_lines
from tests.samples.conftest import read_lines

FIXTURES = Path(__file__).parents[2] / "schemas" / "fixtures"


def _fixtures(kind: str, name: str) -> list[Path]:
    return sorted((FIXTURES / kind / name).iterdir())


def _name(path: Path) -> str:
    return path.relative_to(FIXTURES).as_posix()


def _code(path: Path) -> str:
    return path.stem.partition("--")[0]


def _retired_problems(path: Path) -> tuple[Problem, ...]:
    return retirements(FolderTree(path.parent), None, file=path.name)[1]


def _erased_problems(path: Path) -> tuple[Problem, ...]:
    return erasures(FolderTree(path.parent), None, file=path.name)[1]


@pytest.mark.parametrize("path", _fixtures("valid", "sample"), ids=_name)
def test_a_valid_line_is_read(path: Path) -> None:
    samples, problems = read_lines([path.read_bytes()], origin="fixture")
    assert problems == ()
    assert len(samples) == 1
    assert list(contradictory_lines(samples)) == []


@pytest.mark.parametrize("path", _fixtures("invalid", "new_sample"), ids=_name)
def test_a_line_that_is_not_let_in_has_the_reason_that_names_it(path: Path) -> None:
    samples, problems = read_lines([path.read_bytes()], origin="fixture")
    assert problems == ()
    assert [fault.code for _, fault in contradictory_lines(samples)] == [_code(path)]


@pytest.mark.parametrize("path", _fixtures("invalid", "sample"), ids=_name)
def test_an_invalid_line_has_the_reason_that_names_it(path: Path) -> None:
    samples, problems = read_lines(path.read_bytes().splitlines(keepends=True), origin="fixture")
    assert samples == []
    assert [problem.code for problem in problems] == [_code(path)]
    (problem,) = problems
    assert (problem.line, problem.column) >= (1, 1)
    assert str(problem).isprintable()


@pytest.mark.parametrize(
    "path", [*_fixtures("valid", "sample"), *_fixtures("invalid", "sample")], ids=_name
)
def test_both_readers_of_the_schema_agree(path: Path) -> None:
    line = path.read_bytes()
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError:
        assert accepted_fields(line) is None
        return
    document = place(line.rstrip(b"\r\n"), "f.jsonl", 1)
    explained = schema_problems(document, "sample")
    accepted = accepted_fields(line if line.endswith(b"\n") else line + b"\n")
    assert (accepted is None) == bool(
        explained or _code(path) == "duplicate-key" or "bad-number" in path.stem
    )
    assert accepted is None or accepted == fields


@pytest.mark.parametrize("path", _fixtures("valid", "retired"), ids=_name)
def test_valid_retirements_are_read(path: Path) -> None:
    assert _retired_problems(path) == ()


@pytest.mark.parametrize("path", _fixtures("invalid", "retired"), ids=_name)
def test_invalid_retirements_have_the_reason_that_names_them(path: Path) -> None:
    assert [problem.code for problem in _retired_problems(path)] == [_code(path)]


@pytest.mark.parametrize("path", _fixtures("valid", "erased"), ids=_name)
def test_valid_erasures_are_read(path: Path) -> None:
    assert _erased_problems(path) == ()


@pytest.mark.parametrize("path", _fixtures("invalid", "erased"), ids=_name)
def test_invalid_erasures_have_the_reason_that_names_them(path: Path) -> None:
    assert [problem.code for problem in _erased_problems(path)] == [_code(path)]


@pytest.mark.parametrize("name", ["sample", "retired", "erased"])
def test_every_field_is_described_with_an_example(name: str) -> None:
    schema = load_schema(name)
    assert schema["$id"] == f"urn:coefgate:schema:{name}"
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        assert part["description"]
        for field in part.get("properties", {}).values():
            assert field["description"]
            assert "examples" in field
            waiting += [field["items"]] if "items" in field else []
