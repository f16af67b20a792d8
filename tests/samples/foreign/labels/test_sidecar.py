"""Labels beside the calls: each form says the same, and every mistake is told in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, InvalidInput, UsageProblem
from coefgate.core.vocabulary import Deliverable
from coefgate.samples.foreign.labels.label import Label, LabelFacts, path_matcher
from coefgate.samples.foreign.labels.sidecar import LabelSidecar, read_label_sidecar

Write = Callable[..., Path]
PATHS = (Deliverable("src/auth/login.py"), Deliverable("README.md"))


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def run(text: str | bytes, name: str = "labels.csv") -> Path:
        file = tmp_path / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return file

    return run


def _found(sidecar: LabelSidecar, **facts: object) -> list[tuple[str | None, str | None]]:
    found = sidecar.labels(LabelFacts(**facts))  # type: ignore[arg-type]
    labels = [one.label for one in found]
    assert all(one.origin == "declared" for one in labels)
    return [one[:2] for one in labels]


def _problems(file: Path) -> list[tuple[int, int, str, str]]:
    with pytest.raises(InvalidInput) as error:
        read_label_sidecar(file)
    assert all(str(one).isprintable() for one in error.value.problems)
    assert {one.file for one in error.value.problems} == {file.as_posix()}
    return [(one.line, one.column, one.path, one.code) for one in error.value.problems]


CSV = """phase_id,path,category,complexity
p1,,docs,low
,src/auth/**,backend,
"""
JSONL = """{"phase_id": "p1", "category": "docs", "complexity": "low"}

{"path": "src/auth/**", "category": "backend"}
"""
YAML = """- {phase_id: p1, category: docs, complexity: low}
- path: src/auth/**
  category: backend
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", CSV),
        ("a.csv", CSV.replace("\n", "\r\n")),
        ("a.csv", "\ufeff" + CSV.replace(",", ";")),
        ("a.csv", CSV.replace(",", "\t")),
        ("a.csv", CSV.replace("docs", ' "docs"').replace(" ", "")),
        ("a.jsonl", JSONL),
        ("a.jsonl", JSONL.replace("\n", "\r\n").rstrip()),
        ("a.yaml", YAML),
    ],
)
def test_every_form_says_the_same(name: str, text: str, write: Write) -> None:
    sidecar = read_label_sidecar(write(text, name))
    assert _found(sidecar, phase_id="p1") == [("docs", "low")]
    assert _found(sidecar, phase_id="p1", deliverables=PATHS) == [
        ("docs", "low"),
        ("backend", None),
    ]
    assert _found(sidecar, phase_id="p2", deliverables=PATHS) == [("backend", None)]
    assert _found(sidecar, phase_id="p2", deliverables=PATHS[1:]) == []
    assert _found(sidecar) == []


def test_a_time_is_from_its_beginning_to_before_its_end(write: Write) -> None:
    sidecar = read_label_sidecar(
        write(
            "from,until,category\n"
            "2026-03-01T10:00:00+01:00,2026-03-01T11:00:00+01:00,docs\n"
            "2026-03-02T00:00:00Z,,tests\n"
            ",2026-01-01T00:00:00Z,backend\n"
        )
    )
    seen = {
        when: [one for one, _ in _found(sidecar, observed_at=when)]
        for when in (
            "2026-03-01T08:59:59Z",
            "2026-03-01T09:00:00Z",
            "2026-03-01T09:59:59.9Z",
            "2026-03-01T10:00:00Z",
            "2026-03-02T01:00:00+01:00",
            "2025-12-31T23:59:59Z",
        )
    }
    assert list(seen.values()) == [[], ["docs"], ["docs"], [], ["tests"], ["backend"]]
    assert _found(sidecar, observed_at=None) == []


def test_all_that_an_entry_states_has_to_hold(write: Write) -> None:
    sidecar = read_label_sidecar(
        write("phase_id,run_id,path,from,category\np1,r1,*.py,2026-01-01T00:00:00Z,docs\n")
    )
    whole = {
        "phase_id": "p1",
        "run_id": "r1",
        "deliverables": PATHS,
        "observed_at": "2026-02-01T00:00:00Z",
    }
    assert _found(sidecar, **whole) == [("docs", None)]
    for name in whole:
        rest = {key: value for key, value in whole.items() if key != name}
        assert _found(sidecar, **rest) == [], name


def test_what_a_label_is_says_the_file(write: Write) -> None:
    (found,) = read_label_sidecar(write(CSV)).labels(LabelFacts(phase_id="p1"))
    assert (found.label, found.line) == (Label("docs", "low", "declared"), 2)


def test_labels_come_in_the_order_of_the_file(write: Write) -> None:
    file = write("phase_id,run_id,path,category\n,r,,a\n,,*.md,b\np,,,c\np,r,,d\nr,,,e\n,p,,f\n")
    sidecar = read_label_sidecar(file)
    found = _found(sidecar, phase_id="p", run_id="r", deliverables=PATHS)
    assert [one for one, _ in found] == ["a", "b", "c", "d"]
    used = sidecar.labels(LabelFacts(phase_id="p", run_id="r", deliverables=PATHS))
    assert sidecar.unused(used) == [6, 7]


# --- What is wrong


@pytest.mark.parametrize(
    ("name", "text", "problems"),
    [
        ("a.csv", "phase,category\np1,docs\np2,docs\n", [(1, 1, "phase", "unknown-key")]),
        ("a.csv", "phase_id,category\np1,\n", [(2, 1, "the entry", "missing-key")]),
        ("a.csv", "phase_id,category\n,docs\n", [(2, 1, "the entry", "missing-key")]),
        ("a.csv", "phase_id,category\np1,docs,low\n", [(2, 1, "", "too-many-cells")]),
        ("a.csv", "path,path,category\na,b,docs\n", [(1, 1, "", "duplicate-key")]),
        ("a.csv", 'path,category\na,docs\n"b,docs\n', [(3, 1, "", "syntax")]),
        ("a.csv", b"path,category\na,d\xff\n", [(2, 1, "", "not-utf-8")]),
        ("a.csv", 'path,category\n"a\n",docs\nb/,docs\n', [(4, 1, "path", "bad-glob")]),
        ("a.csv", "from,category\n2026-03-01,docs\n", [(2, 1, "from", "bad-form")]),
        ("a.csv", "until,category\nsoon,docs\n", [(2, 1, "until", "bad-form")]),
        (
            "a.jsonl",
            '{"phase_id":"p","category":1}\n{"path":"a","category":\n[]\n',
            [
                (1, 28, "category", "wrong-type"),
                (2, 24, "", "syntax"),
                (3, 1, "the entry", "wrong-type"),
            ],
        ),
        (
            "a.jsonl",
            '{"phase_id":"p","phase_id":"q","category":"docs"}\n',
            [(1, 17, "phase_id", "duplicate-key")],
        ),
        ("a.jsonl", '{"phase_id":"\\ud800","category":"d"}\n', [(1, 13, "phase_id", "syntax")]),
        ("a.jsonl", "NaN\n", [(1, 1, "", "bad-number")]),
        ("a.yaml", "rules: []\n", [(1, 1, "", "wrong-type")]),
        ("a.yaml", "", [(1, 1, "", "empty-file")]),
        ("a.yaml", "- {phase_id: 7, category: docs}\n", [(1, 14, "phase_id", "wrong-type")]),
        ("a.yaml", "- {phase_id: p, category: [docs]}\n", [(1, 27, "category", "wrong-type")]),
        ("a.yaml", "- {phase: p, category: docs}\n", [(1, 4, "phase", "unknown-key")]),
    ],
)
def test_a_mistake_is_told_in_its_place(
    name: str, text: str | bytes, problems: list[tuple[int, int, str, str]], write: Write
) -> None:
    assert _problems(write(text, name)) == problems


def test_an_unknown_ending_is_told_which_there_are(write: Write) -> None:
    with pytest.raises(UsageProblem, match=r"end with \.csv, \.jsonl or \.yaml"):
        read_label_sidecar(write("", "labels.xlsx"))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"labels\.csv cannot be read"):
        read_label_sidecar(tmp_path / "labels.csv")


def test_an_empty_csv_declares_nothing(write: Write) -> None:
    assert _found(read_label_sidecar(write("")), phase_id="p1") == []
    assert _found(read_label_sidecar(write("phase_id,category\n\n")), phase_id="p1") == []


def test_no_glob_is_compiled_for_each_call(write: Write) -> None:
    """A file may have more of them than the cache holds."""
    rows = "".join(f"src/{number}/**,backend\n" for number in range(1100))
    sidecar = read_label_sidecar(write(f"path,category\n{rows}"))
    before = path_matcher.cache_info().misses
    deliverables = (Deliverable("src/7/a.py"),)
    assert _found(sidecar, deliverables=deliverables) == [("backend", None)]
    assert path_matcher.cache_info().misses == before
