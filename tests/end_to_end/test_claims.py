"""A claim is checked where it changes: samples, pages, intervals, times, in the real command."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from coefgate.core.trees import FolderTree
from coefgate.registry.reading import read_registry
from tests.end_to_end.conftest import Coefgate, Outcome
from tests.end_to_end.test_gate_places import edit, red, report
from tests.registry.builders import values_of

Git = Callable[..., str]
RULE = "fit-claims"
DOCS = "coefficients/overhead/docs.yaml"
MARGINS = "coefficients/safety_margins.yaml"
STORE = "samples/autopack/2025-12-17-17275740.jsonl"


def _findings(outcome: Outcome) -> list[dict[str, Any]]:
    (rule,) = (rule for rule in report(outcome)["rules"] if rule["rule"] == RULE)
    findings: list[dict[str, Any]] = rule["findings"]
    return findings


def _refused(coefgate: Coefgate, *words: str, head: str = "worktree") -> None:
    found = coefgate("gate", "--head", head, "--format", "json")
    assert (found.code, red(found)) == (1, [RULE])
    (finding,) = _findings(found)
    for word in words:
        assert word in finding["message"]


def _each_refused(coefgate: Coefgate, *told: tuple[str, ...], head: str = "worktree") -> None:
    """Every finding is told of once, by one of these words that stand together."""
    found = coefgate("gate", "--head", head, "--format", "json")
    assert (found.code, red(found)) == (1, [RULE])
    said = [finding["message"] for finding in _findings(found)]
    assert len(said) == len(told)
    for words in told:
        assert any(all(word in one for word in words) for one in said), words


def _refer(registry: Path, pages: Sequence[str]) -> list[str]:
    """Let as many values refer to these pages, one each; the names of the values."""
    left = list(pages)
    names = []
    for category in ("docs", "backend", "implementation", "integration", "tests", "configuration"):
        file = registry / f"coefficients/overhead/{category}.yaml"
        text = file.read_text("utf-8")
        for complexity in ("low", "medium", "high"):
            if left:
                text = text.replace(
                    f"reference: {OLD}",
                    f"reference: {json.dumps(left.pop(0), ensure_ascii=False)}",
                    1,
                )
                names.append(f"{category}.{complexity}")
        file.write_text(text, "utf-8")
    assert not left
    return names


def _passes(coefgate: Coefgate) -> None:
    found = coefgate("gate", "--format", "json")
    assert (found.code, red(found)) == (0, [])


# --- Samples


def test_more_samples_than_there_are(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, (DOCS, "samples: 5,", "samples: 90000,"))
    edit(registry, ("coefficients/marginal_costs.yaml", "samples: 41,", "samples: 4100,"))
    edit(registry, (MARGINS, "samples: 63,", "samples: 64,"))
    _each_refused(
        coefgate,
        ("docs.low", "90000", "5 scored calls of docs"),
        ("4100", "that deliver a file of kind backend"),
        ("margin.default", "63 scored calls"),
    )
    assert RULE in coefgate("gate").out


def test_with_another_number_the_claim_is_asked_again(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(registry, (DOCS, "samples: 5,", "samples: 6,"))
    git("commit", "-qam", "accepted as it is")
    tokens = re.search(r"tokens: (\d+)", (registry / DOCS).read_text("utf-8"))
    assert tokens
    (registry / "notes.txt").write_text("beside the registry", "utf-8")
    _passes(coefgate)  # what does not change is not asked
    edit(registry, (DOCS, tokens[0], f"tokens: {int(tokens[1]) - 1}"))
    assert RULE in red(coefgate("gate", "--format", "json"))


def test_every_figure_that_is_shipped_could_be_written_anew(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    files = sorted((registry / "coefficients").rglob("*.yaml"))
    written = {file: file.read_text("utf-8") for file in files}
    claims = re.compile(r"(basis: \{kind: fit, samples: )(\d+)")
    for file, text in written.items():
        file.write_text(claims.sub(r"\g<1>1", text), "utf-8")
    git("commit", "-qam", "one call each")
    for file, text in written.items():
        file.write_text(text, "utf-8")
    measured = [
        one
        for one in values_of(read_registry(FolderTree(registry))).values()
        if one.basis.measured
    ]
    assert len(measured) == sum(len(claims.findall(text)) for text in written.values()) > 20
    _passes(coefgate)


def test_a_claim_that_was_accepted_may_come_back(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(registry, (DOCS, "samples: 5,", "samples: 6,"))
    git("commit", "-qam", "accepted as it is")
    edit(registry, (DOCS, "samples: 6,", "samples: 5,"))
    git("commit", "-qam", "mended")
    edit(registry, (DOCS, "samples: 5,", "samples: 6,"))
    _passes(coefgate)


# --- References

OLD = "docs/calibrations/2026-11-observed-calls/README.md"


def test_a_page_that_is_not_there(registry: Path, git: Git, coefgate: Coefgate) -> None:
    pages = (
        *(
            "docs/none.md",
            "../outside.md",
            "/etc/passwd",
            "a page of mine",
            ".",
            "samples",
            "samples/",
        ),
        *(
            ".git/HEAD",
            "./.git/config",
            "linked.md",
            "https:///x",
            "http://.",
            "https://#",
            "https://?q",
        ),
        *(":(glob)coefficients/*", "coefficients/gates.yaml/"),
    )
    (registry.parent / "outside.md").write_text("1\n", "utf-8")
    (registry / "linked.md").symlink_to(registry.parent / "outside.md")
    names = _refer(registry, pages)
    _each_refused(coefgate, *zip(names, pages, strict=True))


def test_what_is_no_page_is_none_in_a_commit_and_in_the_index(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    pages = ("samples", ".git/HEAD", "linked.md", "samples/autopack")
    git("checkout", "-qb", "proposal")
    (registry / "linked.md").symlink_to("coefficients/gates.yaml")
    names = _refer(registry, pages)
    git("add", "-A")
    _each_refused(coefgate, *zip(names, pages, strict=True), head="index")
    git("commit", "-qm", "no page")
    _each_refused(coefgate, *zip(names, pages, strict=True), head="HEAD")


@pytest.mark.parametrize("where", ["worktree", "index", "HEAD"])
def test_a_page_that_comes_with_the_change(
    registry: Path, git: Git, coefgate: Coefgate, where: str
) -> None:
    git("checkout", "-qb", "proposal")
    edit(registry, (DOCS, OLD, "docs/found.md#how"))
    git("add", "-A")
    git("commit", "-qm", "docs")
    assert coefgate("gate", "--head", where).code == 1
    (registry / "docs").mkdir()
    (registry / "docs/found.md").write_text("# How\n", "utf-8")
    git("add", "-A")
    if where == "HEAD":
        assert coefgate("gate", "--head", where).code == 1
        git("commit", "-qm", "and its page")
    assert coefgate("gate", "--head", where).code == 0


def test_an_address_is_not_looked_up(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _refer(
        registry,
        (
            "https://example.invalid/page#part",
            "http://wiki:8080",
            "https://a@b.example?q=1",
            "https://[::1]/x",
            "HTTPS://Ä.example.",
        ),
    )
    _passes(coefgate)


def test_a_page_stays_while_values_refer_to_it(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    page = registry / OLD
    page.parent.mkdir(parents=True)
    page.write_text("# Calls\n", "utf-8")
    git("add", "-A")
    git("commit", "-qm", "its page")
    git("checkout", "-qb", "proposal")
    page.write_text("# The calls\n", "utf-8")
    (registry / "README.md").write_text("of the same name\n", "utf-8")
    _passes(coefgate)
    page.unlink()
    _refused(coefgate, "more refer", OLD, "takes away")
    for where in ("index", "HEAD"):
        git("add", "-A")
        if where == "HEAD":
            git("commit", "-qm", "gone")
        assert coefgate("gate", "--head", where).code == 1
    git("checkout", "-qb", "later")
    git("branch", "-f", "main")
    _write_readme(registry)
    _passes(coefgate)  # what is gone already is not asked


def _write_readme(registry: Path) -> None:
    (registry / "README.md").write_text("another text\n", "utf-8")


def test_of_a_registry_in_a_folder_a_page_may_lie_at_the_top(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    inner = registry / "teams/one"
    inner.mkdir(parents=True)
    git("mv", "coefficients", "samples", "teams/one")
    git("commit", "-qm", "move")
    git("checkout", "-qb", "proposal")
    (registry / "found.md").write_text("1\n", "utf-8")
    edit(inner, (DOCS, OLD, "found.md"))
    git("add", "-A")
    git("commit", "-qm", "docs")
    for where in ("worktree", "index", "HEAD"):
        assert coefgate("gate", "--head", where, cwd=inner).code == 0
    git("rm", "-q", "found.md")
    git("commit", "-qm", "gone")
    for where in ("worktree", "index", "HEAD"):
        assert coefgate("gate", "--head", where, cwd=inner).code == 1


# --- Intervals


def _interval(registry: Path) -> str:
    found = re.search(r"interval: \{.*\}", (registry / MARGINS).read_text("utf-8"))
    assert found, "the shipped interval stands on one line"
    return found[0]


@pytest.mark.parametrize(
    "new",
    [
        "interval: {below: 0.1, above: 0.1, coverage: null}",
        "interval: {below: 0.9, above: 9, coverage: null}",
        "interval: {below: 0.3, above: 0.3, coverage: 0.99}",
    ],
    ids=["narrower", "wider", "coverage"],
)
def test_no_interval_is_stated_before_one_is_measured(
    registry: Path, git: Git, coefgate: Coefgate, new: str
) -> None:
    old = _interval(registry)
    edit(registry, (MARGINS, old, new))
    _refused(coefgate, "nothing here measures")
    git("commit", "-qam", "accepted as it is")
    edit(registry, (MARGINS, new, old))
    _passes(coefgate)  # the branch once held it
    git("commit", "-qam", "taken back")
    edit(registry, (MARGINS, old, new))
    _passes(coefgate)


def test_a_coverage_may_be_taken_back(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(
        registry,
        (MARGINS, _interval(registry), "interval: {below: 0.2, above: 0.3, coverage: 0.99}"),
    )
    git("commit", "-qam", "accepted as it is")
    edit(registry, (MARGINS, "coverage: 0.99", "coverage: null"))
    _passes(coefgate)


# --- Times


@pytest.fixture
def store(registry: Path, git: Git, coefgate: Coefgate, tmp_path: Path) -> Callable[[str], None]:
    """Propose one more call, observed at the time that is given; it is staged."""
    line = json.loads((registry / STORE).read_text("utf-8").splitlines()[-1])

    def run(observed_at: str) -> None:
        git("checkout", "-qb", "proposal")
        facts = {**line, "run_id": "later", "phase_id": "later-1", "reference": "later.log:1"}
        facts |= {"duplicate_of": None, "supersedes": None, "observed_at": observed_at}
        del facts["id"]
        (tmp_path / "new.jsonl").write_text(json.dumps(facts) + "\n", "utf-8")
        done = coefgate("samples", "add", str(tmp_path / "new.jsonl"))
        assert done.code == 0, done.text
        git("add", "-A")

    return run


def test_a_call_is_not_made_after_it_was_stored(
    git: Git, coefgate: Coefgate, store: Callable[[str], None]
) -> None:
    store("2099-01-01T00:00:00+00:00")
    _refused(coefgate, "2099-01-01")
    _refused(coefgate, "2099-01-01", head="index")
    git("commit", "-qm", "from the future")
    _refused(coefgate, "2099-01-01", head="HEAD")


def test_the_commit_s_own_time_decides(
    git: Git, coefgate: Coefgate, store: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    store("2026-01-05T12:00:00+02:00")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-05T09:59:59+00:00")
    git("commit", "-qm", "a second before")
    _refused(coefgate, head="HEAD")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-01-05T10:00:00+00:00")
    git("commit", "-q", "--amend", "--no-edit")
    assert coefgate("gate", "--head", "HEAD").code == 0


def test_the_rule_is_explained(coefgate: Coefgate) -> None:
    explained = coefgate("explain", RULE)
    assert explained.code == 0
    assert "basis.samples" in explained.out


def test_a_commit_that_says_it_is_from_the_future_is_not_believed(
    git: Git, coefgate: Coefgate, store: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    store("2098-01-01T00:00:00+00:00")
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2099-01-01T00:00:00+00:00")
    git("commit", "-qm", "from the future")
    _refused(coefgate, head="HEAD")


# --- Restores

HIGH = ("coefficients/overhead/backend.yaml", "tokens: 2030", "tokens: 2040")


@pytest.mark.parametrize(
    ("old", "new"),
    [("samples: 4,", "samples: 90000,"), (OLD, "docs/none.md")],
    ids=["samples", "page"],
)
def test_a_restore_brings_no_claim_that_was_never_accepted(
    registry: Path, git: Git, coefgate: Coefgate, old: str, new: str
) -> None:
    edit(registry, HIGH)
    git("commit", "-qam", "higher")
    edit(registry, (HIGH[0], HIGH[2], HIGH[1]))
    _passes(coefgate)
    edit(registry, (HIGH[0], old, new))
    _refused(coefgate, "backend", new.removeprefix("samples: ").rstrip(","))
    assert report(coefgate("gate", "--format", "json"))["restore"] is True
    git("commit", "-qam", "accepted as it is")
    edit(registry, HIGH)
    git("commit", "-qam", "higher again")
    git("revert", "--no-edit", "HEAD")
    assert (
        coefgate("gate", "--base", "HEAD~1", "--head", "HEAD").code == 0
    )  # what it said may come back
