"""The whole of ``samples/``: its layout, what samples say about each other, retirements."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from coefgate.core.problems import InvalidInput, Problem, UsageProblem
from coefgate.core.trees import FolderTree
from coefgate.samples.reading import read_sample_path, read_samples, sample_problems
from tests.samples.conftest import FILE, call, deliverable, id_of, line, problems_of, write

OTHER_FILE = "samples/here/undated-ffffffff.jsonl"
RETIRED = "samples/retired.yaml"


def _only(problems: tuple[Problem, ...]) -> Problem:
    assert len(problems) == 1, problems
    return problems[0]


def _retire(root: Path, *ids: str) -> None:
    entries = "".join(f'\n  - {{id: "{each}", reason: counted twice}}' for each in ids)
    write(root, f"retired:{entries or ' []'}\n".encode(), file=RETIRED)


# --- Order and files


def test_no_folder_is_an_empty_store(tmp_path: Path) -> None:
    assert read_samples(FolderTree(tmp_path)).samples == ()


def test_samples_come_in_the_order_of_their_instants(tmp_path: Path) -> None:
    early = line(observed_at="2026-03-01T00:30:00+11:00")  # 13:30 in UTC, the day before
    late = line(observed_at="2026-02-28T23:00:00Z")
    undated = sorted([line(observed_at=None, attempt=2), line(observed_at=None, attempt=3)])
    write(tmp_path, undated[1], late, undated[0])
    write(tmp_path, early, file=OTHER_FILE)
    store = read_samples(FolderTree(tmp_path))
    assert [sample.observed_at for sample in store.samples[:2]] == [
        "2026-03-01T00:30:00+11:00",
        "2026-02-28T23:00:00Z",
    ]
    assert store.samples[2].id < store.samples[3].id


def test_a_line_in_two_files_is_one_sample(tmp_path: Path) -> None:
    write(tmp_path, line())
    write(tmp_path, line(), line(attempt=2), file=OTHER_FILE)
    store = read_samples(FolderTree(tmp_path))
    assert len(store.samples) == 2
    assert {sample.file for sample in store.samples} == {FILE, OTHER_FILE}


def test_reading_raises_with_every_problem_of_every_file(tmp_path: Path) -> None:
    write(tmp_path, line(unit="calls"), line(attempt=0))
    write(tmp_path, b"\n", file=OTHER_FILE)
    with pytest.raises(InvalidInput) as error:
        read_samples(FolderTree(tmp_path))
    assert [(problem.file, problem.line) for problem in error.value.problems] == [
        (FILE, 1),
        (FILE, 2),
        (OTHER_FILE, 1),
    ]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("samples/README.txt", "unknown-file"),
        ("samples/here/README.md", "unknown-file"),
        ("samples/here/retired.yaml", "unknown-file"),
        ("samples/calls.jsonl", "unknown-file"),
        ("samples/here/calls.jsonl", "unknown-file"),
        ("samples/here/2026-03-01.jsonl", "unknown-file"),
        ("samples/here/2026-13-01-00000000.jsonl", "unknown-file"),
        ("samples/here/2026-03-01-0000000G.jsonl", "unknown-file"),
        ("samples/here/2026-03-01-00000000.json", "unknown-file"),
        ("samples/here/2026-03-01-00000000.jsonl.bak", "unknown-file"),
        ("samples/here/deep/2026-03-01-00000000.jsonl", "unknown-file"),
        ("samples/Here/2026-03-01-00000000.jsonl", "unknown-file"),
        ("samples/here/.2026-03-01-00000000.jsonl.77.tmp", "unknown-file"),
        ("samples/here/\x1b[31m\n.jsonl", "unknown-file"),
    ],
)
def test_a_file_that_does_not_belong_there_is_named(tmp_path: Path, name: str, code: str) -> None:
    write(tmp_path, b"", file=name)
    problem = _only(problems_of(tmp_path))
    assert problem.code == code
    assert str(problem).isprintable()


def test_known_files_beside_the_imports_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, b"anything \xff", file="samples/README.md")
    _retire(tmp_path)
    assert problems_of(tmp_path) == ()


def test_links_and_pipes_are_refused_and_never_opened(tmp_path: Path) -> None:
    target = write(tmp_path, line(), file="elsewhere.jsonl")
    folder = tmp_path / "samples" / "here"
    folder.mkdir(parents=True)
    (folder / "2026-03-01-00000000.jsonl").symlink_to(target)
    (folder / "linked").symlink_to(tmp_path)
    os.mkfifo(folder / "2026-03-01-11111111.jsonl")
    (tmp_path / RETIRED).symlink_to(target)
    assert sorted(problem.code for problem in problems_of(tmp_path)) == [
        "not-a-file",
        *["symlink"] * 3,
    ]


def test_a_line_stands_in_the_folder_of_its_origin(tmp_path: Path) -> None:
    write(tmp_path, line(origin="there"))
    assert _only(problems_of(tmp_path)).code == "wrong-folder"


def test_the_hash_in_a_file_name_is_not_compared(tmp_path: Path) -> None:
    # That a line is gone is for the gate to say, which can name it.
    write(tmp_path, line(), file="samples/here/2020-01-01-abcdef01.jsonl")
    assert problems_of(tmp_path) == ()


# --- What samples say about each other


@pytest.mark.parametrize("link", ["duplicate_of", "same_ceiling_as", "supersedes"])
def test_a_link_leads_to_a_stored_sample(tmp_path: Path, link: str) -> None:
    linking = line(attempt=2, **{link: id_of()})
    write(tmp_path, linking)
    problem = _only(problems_of(tmp_path))
    assert (problem.code, problem.path) == ("unknown-sample", link)
    assert problem.column == linking.decode().index(f'"{id_of()}"') + 1
    write(tmp_path, line(), file=OTHER_FILE)
    assert problems_of(tmp_path) == ()


def test_a_link_to_a_line_that_was_refused_is_not_held_against_it(tmp_path: Path) -> None:
    write(tmp_path, line(attempt=2, supersedes=id_of()), line().replace(b"1218", b"-1218"))
    assert _only(problems_of(tmp_path)).code == "out-of-range"


def test_two_independent_lines_of_one_call_are_invalid(tmp_path: Path) -> None:
    write(tmp_path, line(), line(actual_output_tokens=900))
    problem = _only(problems_of(tmp_path))
    assert (problem.code, problem.file, problem.line, problem.column) == (
        "rival-lines",
        FILE,
        2,
        1,
    )
    assert f"{FILE}:1" in problem.found
    assert f'"supersedes":"{id_of()}"' in problem.fix


@pytest.mark.parametrize(
    "at", ["2026-02-28T22:30:00Z", "2026-03-01T09:30:00.0+11:00", "2026-03-01T00:30:00+02:00"]
)
def test_one_instant_is_one_call_however_it_is_written(tmp_path: Path, at: str) -> None:
    write(tmp_path, line(), line(observed_at=at))
    assert _only(problems_of(tmp_path)).code == "rival-lines"


@pytest.mark.parametrize("left_out", ["run_id", "phase_id", "attempt", "observed_at"])
def test_a_fact_that_is_left_out_makes_no_other_call(tmp_path: Path, left_out: str) -> None:
    write(tmp_path, line(), line(**{left_out: None}))
    problem = _only(problems_of(tmp_path))
    assert (problem.code, problem.line) == ("rival-lines", 2)
    assert f"{FILE}:1" in problem.found
    assert f'"duplicate_of":"{id_of()}"' in problem.fix


def test_lines_of_which_each_leaves_out_what_the_other_says_may_be_one_call(
    tmp_path: Path,
) -> None:
    write(tmp_path, line(attempt=None), line(observed_at=None), line(phase_id=None, attempt=None))
    assert [problem.line for problem in problems_of(tmp_path)] == [2, 3]


@pytest.mark.parametrize("other", [{"reference": "other.log:1"}, {"phase_id": "other"}])
def test_what_both_state_tells_two_calls_apart_whatever_is_left_out(
    tmp_path: Path, other: dict[str, str]
) -> None:
    write(tmp_path, line(), line(observed_at=None, attempt=None, **other))
    assert problems_of(tmp_path) == ()


@pytest.mark.parametrize("link", ["duplicate_of", "supersedes"])
def test_a_line_that_says_which_call_it_repeats_may_leave_facts_out(
    tmp_path: Path, link: str
) -> None:
    write(tmp_path, line(), line(observed_at=None, **{link: id_of()}))
    assert problems_of(tmp_path) == ()


def test_a_duplicate_that_leaves_facts_out_stands_beside_another_call_of_its_place(
    tmp_path: Path,
) -> None:
    write(tmp_path, line(), line(attempt=2), line(attempt=None, duplicate_of=id_of()))
    assert problems_of(tmp_path) == ()


@pytest.mark.parametrize(
    "field", ["origin", "reference", "observed_at", "run_id", "phase_id", "attempt"]
)
def test_lines_that_differ_in_what_names_a_call_are_two_calls(tmp_path: Path, field: str) -> None:
    other = {"attempt": 2, "observed_at": "2026-03-01T09:30:01+11:00", "origin": "there"}.get(
        field, "other"
    )
    write(tmp_path, line())
    folder = "there" if field == "origin" else "here"
    write(tmp_path, line(**{field: other}), file=f"samples/{folder}/undated-ffffffff.jsonl")
    assert problems_of(tmp_path) == ()


@pytest.mark.parametrize("link", ["duplicate_of", "supersedes"])
def test_a_correction_or_a_duplicate_of_the_same_call_is_valid(tmp_path: Path, link: str) -> None:
    write(tmp_path, line())
    write(tmp_path, line(actual_output_tokens=900, **{link: id_of()}), file=OTHER_FILE)
    assert problems_of(tmp_path) == ()


def test_a_chain_of_corrections_is_valid(tmp_path: Path) -> None:
    second = id_of(actual_output_tokens=900, supersedes=id_of())
    write(tmp_path, line(), line(actual_output_tokens=900, supersedes=id_of()))
    write(tmp_path, line(actual_output_tokens=901, supersedes=second), file=OTHER_FILE)
    assert problems_of(tmp_path) == ()


def test_two_corrections_of_one_line_are_rivals(tmp_path: Path) -> None:
    corrections = [line(actual_output_tokens=tokens, supersedes=id_of()) for tokens in (900, 901)]
    write(tmp_path, line(), *corrections)
    assert [problem.code for problem in problems_of(tmp_path)] == ["rival-lines"]


def test_two_corrections_of_one_line_do_not_make_two_calls_of_it(tmp_path: Path) -> None:
    write(tmp_path, line(), *(line(phase_id=phase, supersedes=id_of()) for phase in ("a", "b")))
    problem = _only(problems_of(tmp_path))
    assert (problem.code, problem.path, problem.line) == ("rival-lines", "supersedes", 3)
    assert f'"supersedes":"{id_of(phase_id="a", supersedes=id_of())}"' in problem.fix


def test_two_duplicates_of_one_line_are_no_rivals(tmp_path: Path) -> None:
    copies = [line(actual_output_tokens=tokens, duplicate_of=id_of()) for tokens in (900, 901)]
    write(tmp_path, line(), *copies)
    assert problems_of(tmp_path) == ()


def test_a_correction_by_way_of_another_call_still_leads_back(tmp_path: Path) -> None:
    # The time was wrong, and then it turned out that only the tokens had been.
    moved = call(observed_at="2026-03-02T09:30:00+11:00", supersedes=id_of())
    back = line(actual_output_tokens=900, supersedes=id_of(**moved))
    write(tmp_path, line(), line(**moved), back)
    assert problems_of(tmp_path) == ()


def test_many_rival_lines_are_bounded(tmp_path: Path) -> None:
    write(tmp_path, *(line(actual_output_tokens=tokens) for tokens in range(1, 3_001)))
    problems = problems_of(tmp_path)
    assert len(problems) == 1_001
    assert problems[-1].found == "has 1,999 more problems"


# --- Retirements


def test_retirements_are_read_with_their_lines(tmp_path: Path) -> None:
    write(tmp_path, line(), line(attempt=2))
    _retire(tmp_path, id_of(attempt=2))
    retired = read_samples(FolderTree(tmp_path)).retired
    assert [(each.id, each.reason, each.line) for each in retired.values()] == [
        (id_of(attempt=2), "counted twice", 2)
    ]


def test_a_retirement_names_a_stored_sample(tmp_path: Path) -> None:
    write(tmp_path, line())
    _retire(tmp_path, id_of(), id_of(attempt=2))
    problem = _only(problems_of(tmp_path))
    assert (problem.file, problem.line, problem.column, problem.code) == (
        RETIRED,
        3,
        10,
        "unknown-sample",
    )


def test_a_sample_is_retired_once(tmp_path: Path) -> None:
    write(tmp_path, line())
    _retire(tmp_path, id_of(), id_of())
    assert _only(problems_of(tmp_path)).code == "retired-twice"


def test_a_huge_list_of_retirements_is_refused_before_it_is_read(tmp_path: Path) -> None:
    write(tmp_path, b"#" * (1 << 20) + b"\nretired: []\n", file=RETIRED)
    assert _only(problems_of(tmp_path)).code == "too-large"


# --- Parts


def test_only_the_problems_of_files_that_are_asked_for_are_told(tmp_path: Path) -> None:
    write(tmp_path, line(supersedes=id_of(attempt=2)))
    write(tmp_path, line(attempt=2), b"\n", file=OTHER_FILE)
    tree = FolderTree(tmp_path)
    assert [problem.file for problem in sample_problems(tree, only=(OTHER_FILE,))[1]] == [
        OTHER_FILE
    ]
    assert sample_problems(tree, only=(FILE,)) == (None, ())
    assert len(sample_problems(tree, only=("samples",))[1]) == 1
    assert len(sample_problems(tree, only=(".",))[1]) == 1


def test_nothing_is_read_where_no_sample_file_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path, b"\n")
    assert sample_problems(FolderTree(tmp_path), only=("coefficients/gates.yaml",)) == (None, ())


def test_a_file_anywhere_can_be_read(tmp_path: Path) -> None:
    path = write(tmp_path, line(supersedes="a" * 32), file="calls.txt")
    assert len(read_sample_path(path).samples) == 1


def test_a_folder_anywhere_can_be_read_with_its_retirements(tmp_path: Path) -> None:
    write(tmp_path, line(origin="there"), file="calls/a.jsonl")
    write(tmp_path, line(), file="calls/deep/b.jsonl")
    write(
        tmp_path,
        f'retired: [{{id: "{id_of()}", reason: why}}]\n'.encode(),
        file="calls/retired.yaml",
    )
    store = read_sample_path(tmp_path / "calls")
    assert len(store.samples) == 2
    assert list(store.retired) == [id_of()]


def test_a_bad_line_of_a_file_anywhere_is_named_with_its_path(tmp_path: Path) -> None:
    path = write(tmp_path, line(), b"{}\n", file="calls.jsonl")
    with pytest.raises(InvalidInput, match=rf"{path}:2:1  "):
        read_sample_path(path)


@pytest.mark.parametrize("name", ["missing.jsonl", "empty"])
def test_nothing_to_read_is_a_mistake_of_the_caller(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageProblem, match=name):
        read_sample_path(tmp_path / name)


def test_the_path_of_a_deliverable_is_kept_as_written(tmp_path: Path) -> None:
    write(tmp_path, line(deliverables=[deliverable("Écran/日本.py", "modify", 7)]))
    (sample,) = read_samples(FolderTree(tmp_path)).samples
    assert (sample.deliverables[0].path, sample.deliverables[0].bytes_before) == (
        "Écran/日本.py",
        7,
    )


# --- Damage of any size

_GROWTH = """
import resource, sys
from pathlib import Path
from coefgate.samples.reading import sample_problems
from coefgate.core.trees import FolderTree

before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
_, problems = sample_problems(FolderTree(Path(sys.argv[1])))
print(len(problems), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("block", "blocks"),
    [
        (b"\0", 0),
        (b"[" * (1 << 20), 30),
        (b"[[[[\n" * 200_000, 30),
        (b"[" + b"[]," * 300_000 + b"[]]\n", 12),
    ],
    ids=["zeros", "one line of brackets", "short lines", "small lists"],
)
def test_a_damaged_file_is_read_within_bounds(tmp_path: Path, block: bytes, blocks: int) -> None:
    path = write(tmp_path, block * blocks)
    if not blocks:
        os.truncate(path, 100_000_000)
    done = subprocess.run(
        [sys.executable, "-c", _GROWTH, tmp_path], check=True, capture_output=True, text=True
    )
    problems, growth = map(int, done.stdout.split())
    assert problems >= 1
    unit = 1 if sys.platform == "darwin" else 1024
    assert growth * unit < 10 * max(path.stat().st_size, 10_000_000)
