"""What `coefgate init` writes, what it leaves alone, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.use_cases.check import check
from coefgate.use_cases.init import init
from coefgate.use_cases.new_registry.from_calls import CallSources
from coefgate.use_cases.new_registry.program_source import ProgramSource
from tests.end_to_end.checkouts import git
from tests.use_cases.new_registry.foreign_calls import csv_of_calls

SOURCE = ProgramSource("https://github.com/ours/coefgate.git", "0123456789" * 4)


def everything(root: Path) -> dict[str, bytes]:
    return {
        one.relative_to(root).as_posix(): one.read_bytes()
        for one in sorted(root.rglob("*"))
        if one.is_file() and ".git" not in one.relative_to(root).parts
    }


def problems(root: Path) -> list[str]:
    return list(map(str, check(root).problems))


def test_without_calls_it_is_valid_and_says_that_there_are_none(tmp_path: Path) -> None:
    made = init(tmp_path / "new", ci="none", hooks=False)
    assert problems(tmp_path / "new") == []
    assert everything(tmp_path / "new") == made.files
    assert made.first is not None
    assert made.first.report.verdict == "pass"
    assert made.first.report.headline == "no-calls"
    assert made.left == ()


def test_what_editors_are_told_is_there(tmp_path: Path) -> None:
    init(tmp_path, ci="none", hooks=False)
    heads = {}
    for file in tmp_path.rglob("*.yaml"):
        first, *_ = file.read_text("utf-8").splitlines()
        assert first.startswith("# yaml-language-server: $schema=../"), file
        heads[file] = file.parent / first.partition("=")[2]
    assert len(heads) > 10
    assert [str(file) for file, schema in heads.items() if not schema.is_file()] == []


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    tried = init(tmp_path / "new", source=SOURCE, dry_run=True)
    assert not (tmp_path / "new").exists()
    assert init(tmp_path / "new", source=SOURCE).files.keys() == tried.files.keys()


def test_nothing_is_overwritten_and_everything_says_what_to_add(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    theirs = (
        *("README.md", ".gitattributes", "docs/coefficients.md", "schemas/registry.schema.json"),
        *(".pre-commit-config.yaml", "CODEOWNERS", ".github/workflows/coefgate.yml"),
    )
    for file in theirs:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes(b"theirs\n")
    made = init(tmp_path, source=SOURCE, ci="github", owner="@us")
    assert sorted(one.path for one in made.left) == sorted(theirs)
    assert all(one.advice for one in made.left)
    assert ".github/CODEOWNERS" not in made.files
    after = everything(tmp_path)
    assert {after[file] for file in theirs} == {b"theirs\n"}
    assert problems(tmp_path) == []


def test_what_was_added_by_hand_is_not_asked_for_again(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for file in (".pre-commit-config.yaml", ".github/CODEOWNERS"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("# theirs\n", "utf-8")
    made = init(tmp_path, source=SOURCE, ci="github", owner="@us")
    for left in made.left:
        path = tmp_path / left.path
        added = left.advice.partition("\n")[2]
        path.write_text(f"{path.read_text('utf-8')}{added}\n", "utf-8")
    assert init(tmp_path, source=SOURCE, ci="github", owner="@us").left == ()


def test_typed_again_it_has_nothing_to_do(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    init(tmp_path, source=SOURCE, ci="github", owner="@us")
    before = everything(tmp_path)
    again = init(tmp_path, source=SOURCE, ci="github", owner="@us")
    assert (dict(again.files), again.left, again.first) == ({}, (), None)
    assert "coefgate gate" in again.next
    assert not any("git add" in one for one in again.next)
    assert everything(tmp_path) == before


def test_a_registry_that_is_there_gets_what_it_lacks_around_it(tmp_path: Path) -> None:
    init(tmp_path, ci="none", hooks=False)
    (tmp_path / "coefficients/guardrails.yaml").unlink()
    made = init(tmp_path, source=SOURCE, ci="github", owner="@us")
    assert set(made.files) == {
        ".pre-commit-config.yaml",
        ".github/CODEOWNERS",
        ".github/workflows/coefgate.yml",
        ".github/rulesets/coefgate.json",
        ".github/rulesets/coefgate-tags.json",
    }


@pytest.mark.parametrize(
    "link", ["coefficients", "samples", "docs", ".github", ".github/rulesets", "schemas"]
)
def test_nothing_is_written_through_a_link(tmp_path: Path, link: str) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(outside)
    git(root, "init", "-q")
    with pytest.raises(EnvironmentProblem, match=f"root/{link} is a link to {outside}"):
        init(root, source=SOURCE, ci="github")
    assert everything(root) == {}
    assert list(outside.iterdir()) == []


def test_a_link_in_the_place_of_a_file_stays_and_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/README.md").symlink_to(tmp_path / "outside.md")
    made = init(tmp_path / "root", ci="none", hooks=False)
    assert [one.path for one in made.left] == ["README.md"]
    assert not (tmp_path / "outside.md").exists()


@pytest.mark.parametrize("name", ["samples", "coefficients"])
def test_another_folder_of_that_name_is_no_place_for_a_registry(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "photo.txt").touch()
    with pytest.raises(UsageProblem, match=rf"{name} holds other files.*coefgate init .*/tokens"):
        init(tmp_path)
    assert sorted(everything(tmp_path)) == [f"{name}/photo.txt"]


def test_in_a_folder_of_a_repository_only_what_tools_look_for_is_at_the_top(
    tmp_path: Path,
) -> None:
    git(tmp_path, "init", "-q")
    made = init(tmp_path / "teams/ours", source=SOURCE, ci="github", owner="@us")
    outside = {path for path in made.files if not path.startswith("teams/ours/")}
    assert outside == {
        ".pre-commit-config.yaml",
        ".github/CODEOWNERS",
        ".github/workflows/coefgate-teams-ours.yml",
        ".github/rulesets/coefgate-teams-ours.json",
        ".github/rulesets/coefgate-tags.json",
    }
    made = init(tmp_path / "teams/theirs", source=SOURCE, ci="none", hooks=False)
    assert all(path.startswith("teams/theirs/") for path in made.files)


def test_git_is_made_to_take_what_it_would_ignore(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitignore").write_text("*.yaml\n", "utf-8")
    made = init(tmp_path, ci="none", hooks=False)
    assert any("git add --force" in one for one in made.next)


# --- With calls


def test_numbers_are_fitted_to_calls_and_limits_that_they_miss_are_stated(tmp_path: Path) -> None:
    calls = csv_of_calls(tmp_path / "calls.csv")
    made = init(tmp_path / "new", calls=CallSources("csv", (str(calls),)), hooks=False, ci="none")
    root = tmp_path / "new"
    assert problems(root) == []
    assert made.first is not None
    report = made.first.report
    assert report.verdict == "pass"
    assert report.scores.all.calls.count.scored == 40
    tuning = yaml.safe_load((root / "coefficients/tuning.yaml").read_text("utf-8"))
    assert [one["rule"] for one in tuning.get("missed", [])] == [one.rule for one in report.missed]
    assert (made.first.best is not None) is bool(report.missed)
    [stored] = tuning["samples"]
    assert (root / stored).read_bytes().count(b"\n") == 40
    assert "`calls.csv`" in (root / "docs/coefficients.md").read_text("utf-8")


def test_what_calls_name_is_declared_and_what_none_names_is_told_by_rules(tmp_path: Path) -> None:
    mapping = tmp_path / "map.yaml"
    mapping.write_text(
        "columns: {actual_output_tokens: completion_tokens, stop_reason: finish_reason,\n"
        '  deliverables: "Touched files", category: Job}\nfiles: {separator: ";"}\n',
        "utf-8",
    )
    calls = csv_of_calls(tmp_path / "calls.csv")
    source = CallSources("csv", (str(calls),), mapping)
    init(tmp_path / "new", calls=source, hooks=False, ci="none")
    coefficients = tmp_path / "new/coefficients"
    assert sorted(one.stem for one in (coefficients / "overhead").iterdir()) == ["bug-fix", "docs"]
    bug_fix = yaml.safe_load((coefficients / "overhead/bug-fix.yaml").read_text("utf-8"))
    assert bug_fix["aliases"] == ["Bug Fix"]
    rules = yaml.safe_load((coefficients / "labels.yaml").read_text("utf-8"))["rules"]
    assert [list(rule) for rule in rules] == [
        ["files_from", "complexity"],
        ["files_from", "complexity"],
        ["complexity"],
    ]


def test_any_words_of_a_source_become_names_of_a_registry(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    rows = ["文档,S,m-1", "1st! thing,M,m-2", "Docs,low,m-1", "docs,low,m-2"]
    lines = [f"{row},{900 + at},stop,a{at}.md" for at, row in enumerate(rows)]
    names = "category,complexity,model,completion_tokens,finish_reason,files"
    calls.write_text("\n".join((names, *lines, "")), "utf-8")
    mapping = tmp_path / "map.yaml"
    mapping.write_text(
        "columns: {actual_output_tokens: completion_tokens, stop_reason: finish_reason,\n"
        "  deliverables: files, category: category, complexity: complexity, model: model}\n",
        "utf-8",
    )
    source = CallSources("csv", (str(calls),), mapping)
    made = init(tmp_path / "new", calls=source, hooks=False, ci="none")
    coefficients = tmp_path / "new/coefficients"
    assert problems(tmp_path / "new") == []
    found = {
        document["category"]: document["aliases"]
        for file in (coefficients / "overhead").iterdir()
        for document in [yaml.safe_load(file.read_text("utf-8"))]
    }
    assert found == {"other": ["文档"], "other-1st-thing": ["1st! thing"], "docs": ["Docs"]}
    models = yaml.safe_load((coefficients / "model_factors.yaml").read_text("utf-8"))
    assert [one["models"] for one in models["factors"]] == [["m-1"], ["m-2"]]
    registry = yaml.safe_load((coefficients / "registry.yaml").read_text("utf-8"))
    assert registry["complexities"] == ["low"]
    assert made.imported is not None
    assert made.imported.collected.taken.calls == 4


def test_calls_that_lack_a_fact_are_stored_and_numbers_stay_neutral(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("output_tokens,files\n900,a.py\n", "utf-8")
    made = init(tmp_path / "new", calls=CallSources("csv", (str(calls),)), hooks=False, ci="none")
    assert made.imported is not None
    assert made.imported.collected.missing["success"] == 1
    assert problems(tmp_path / "new") == []
    assert "none of them" in (tmp_path / "new/docs/coefficients.md").read_text("utf-8")


def test_a_source_without_a_call_begins_nothing(tmp_path: Path) -> None:
    calls = tmp_path / "calls.csv"
    calls.write_text("output_tokens,files\n2000000,a.py\n", "utf-8")
    with pytest.raises(UsageProblem, match=r"no call of the format csv can be stored"):
        init(tmp_path / "new", calls=CallSources("csv", (str(calls),)))
    assert not (tmp_path / "new").exists()


def test_a_source_that_tells_of_no_call_may_be_of_another_format(tmp_path: Path) -> None:
    (tmp_path / "calls.csv").touch()
    with pytest.raises(UsageProblem, match=r"It has none.* --format"):
        init(tmp_path / "new", calls=CallSources("csv", (str(tmp_path / "calls.csv"),)))


def test_a_registry_that_is_there_takes_no_other_beginning(tmp_path: Path) -> None:
    init(tmp_path, ci="none", hooks=False)
    with pytest.raises(UsageProblem, match=r"coefgate samples import csv calls\.csv"):
        init(tmp_path, calls=CallSources("csv", ("calls.csv",)))
    said = CallSources("csv", ("a.csv",), Path("my map.yaml"), "/home/me")
    with pytest.raises(UsageProblem, match=r"a\.csv --map 'my map.yaml' --workspace /home/me"):
        init(tmp_path, calls=said)


def test_the_page_names_a_pipe_by_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = csv_of_calls(tmp_path / "calls.csv", 4)
    with file.open() as pipe:
        monkeypatch.setattr("sys.stdin", pipe)
        made = init(tmp_path / "ours", calls=CallSources("csv", ("-",)))
    assert "calls from standard input, in" in made.files["docs/coefficients.md"].decode()


def test_absolute_paths_are_read_from_the_workspace_that_is_named(tmp_path: Path) -> None:
    file = csv_of_calls(tmp_path / "calls.csv")
    file.write_text(file.read_text().replace("src/", "/repo/shop/src/"), "utf-8")
    file.write_text(file.read_text().replace("docs/", "/repo/shop/docs/"), "utf-8")
    file.write_text(file.read_text().replace("tests/", "/repo/shop/tests/"), "utf-8")
    with pytest.raises(UsageProblem, match="--workspace DIR"):
        init(tmp_path / "ours", calls=CallSources("csv", (str(file),)))
    calls = CallSources("csv", (str(file),), workspace="/repo/shop")
    made = init(tmp_path / "ours", calls=calls)
    assert made.imported is not None
    assert made.imported.collected.taken.calls == 40
    assert made.first is not None
    assert made.first.report.headline != "no-calls"
