"""The samples of this repository, and the page that explains them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from coefgate.core.trees import FolderTree
from coefgate.registry.schemas import load_schema, schema_problems
from coefgate.registry.yaml_reader import strict_document
from coefgate.reports.pages.added import added_text
from coefgate.samples.model import FIELDS, FIELDS_OF_1, SINCE_2, fields_of, stored_line
from coefgate.samples.reading import read_samples, sample_problems
from coefgate.samples.status import STATUSES
from coefgate.samples.store import add_samples
from tests.samples.conftest import read_lines

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "samples.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_stored_samples_are_valid() -> None:
    assert sample_problems(FolderTree(ROOT))[1] == ()


def test_the_stored_lines_are_written_as_the_program_writes_them() -> None:
    # Then the same content gives the same file, wherever it is imported again.
    written = {path.read_bytes() for path in (ROOT / "samples").rglob("*.jsonl")}
    lines = {line for content in written for line in content.splitlines(keepends=True)}
    assert lines == {
        stored_line(fields_of(sample)) for sample in read_samples(FolderTree(ROOT)).samples
    }


def test_the_import_from_autopack_is_what_its_page_says() -> None:
    calls = [
        one
        for one in read_samples(FolderTree(ROOT)).samples
        if one.file.startswith("samples/autopack/2025-")
    ]
    assert calls
    assert {one.unit for one in calls} == {"call"}
    assert {str(one.observed_at)[:7] for one in calls if one.observed_at} == {"2025-12"}


def test_its_corrections_add_the_sizes_of_files_and_change_nothing_else() -> None:
    lines = {one.id: one for one in read_samples(FolderTree(ROOT)).samples}
    corrections = [one for one in lines.values() if one.supersedes]
    assert corrections
    for after in corrections:
        before = lines[str(after.supersedes)]
        assert {name for name in FIELDS if getattr(before, name) != getattr(after, name)} == {
            *("id", "deliverables", "supersedes")
        }
        for old, new in zip(before.deliverables, after.deliverables, strict=True):
            assert new == old or new == replace(old, bytes_before=new.bytes_before)
            assert old.bytes_before is None


def test_the_example_of_the_page_is_valid() -> None:
    (example,) = _blocks("json")
    samples, problems = read_lines([example.encode()], origin="fixture")
    assert problems == ()
    (retirement,) = _blocks("yaml")
    document = strict_document(retirement.encode(), "example")
    assert schema_problems(document, "retired") == ()
    assert document.at(("retired", 0, "id")) == samples[0].id


def test_the_draft_of_the_page_says_all_that_has_to_be_said(tmp_path: Path) -> None:
    (draft,) = _blocks("jsonl")
    facts = {"origin": "my-agent", "unit": "call", "paths": "real"}
    done = add_samples(
        [draft.encode()], source="f", root=tmp_path, facts=facts, reference="calls.jsonl"
    )
    told = added_text(done).splitlines()
    shown = PAGE.partition(f"```\n1 call stored in {done.path}\n")[2].partition("\n```")[0]
    assert shown.splitlines()[0] == told[1]
    assert told[2].startswith(shown.splitlines()[1].removesuffix("…"))
    assert shown.splitlines()[2] == told[3]


def test_the_page_names_every_field_and_every_status() -> None:
    for name in FIELDS:
        assert f"`{name}`" in PAGE, name
    for status in STATUSES:
        assert f"| `{status}` |" in PAGE, status


def test_the_program_and_the_schema_have_the_same_fields() -> None:
    schema = load_schema("sample")
    assert tuple(schema["properties"]) == FIELDS
    assert tuple(schema["required"]) == FIELDS_OF_1
    assert tuple(schema["then"]["required"]) == SINCE_2
