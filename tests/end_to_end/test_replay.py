"""``coefgate replay`` and ``gate --at``: earlier revisions, and calls that came in later."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.conftest import SHIPPED, Coefgate

BASELINE = "7630ee59049c4c33b85ce402418d9b522cb65025"
Git = Callable[..., str]


def test_the_published_coefficients_miss_the_gates_and_the_shipped_ones_are_better(
    tmp_path: Path, coefgate: Coefgate
) -> None:
    judged = coefgate("gate", "--at", BASELINE, cwd=SHIPPED)
    assert judged.code == 1
    before, after = (
        json.loads(coefgate("replay", *at, "--format", "json", cwd=SHIPPED).out)["metrics"]["all"]
        for at in (["--at", BASELINE], [])
    )
    assert before["samples"] == after["samples"]
    # They waste more: for that, fewer calls are underestimated.
    for name in ("spread", "smape_mean", "underestimation_rate", "underestimation_upper"):
        assert after[name] < before[name], name


def test_a_revision_is_judged_as_it_was(registry: Path, git: Git, coefgate: Coefgate) -> None:
    file = registry / "coefficients/safety_margins.yaml"
    file.write_text(file.read_text("utf-8").replace("factor: 1\n", "factor: 1.3\n"), "utf-8")
    assert coefgate("gate").code == 1
    git("commit", "-qam", "dearer")
    assert coefgate("gate", "--at", "HEAD~1").code == 0
    assert coefgate("gate", "--at", "HEAD").code == 1
    assert "FAIL" in coefgate("gate").out  # it is the last commit that is judged
    git("update-ref", "refs/remotes/origin/main", "HEAD")
    assert "BAD NEWS" in coefgate("gate").out  # nothing changed since, and yet it misses a rule
    for path in (registry / "samples").rglob("*.jsonl"):
        path.unlink()
    assert coefgate("gate", "--at", "HEAD~1").code == 0
    git("commit", "-qam", "no samples")
    assert coefgate("gate", "--at", "HEAD").code == 4
    assert coefgate("replay", "--at", "HEAD~1").code == 4


@pytest.mark.parametrize("command", ["gate", "replay"])
def test_a_revision_that_does_not_exist(command: str, git: Git, coefgate: Coefgate) -> None:
    outcome = coefgate(command, "--at", "no-such-branch")
    assert outcome.code == 2
    assert "git log --oneline --all" in outcome.err


@pytest.mark.parametrize("command", ["gate", "replay"])
def test_a_revision_outside_git_or_without_git(
    command: str, registry: Path, tmp_path: Path, coefgate: Coefgate
) -> None:
    outcome = coefgate(command, "--at", "HEAD")
    assert outcome.code == 5
    assert "git init" in outcome.err
    outcome = coefgate(command, "--at", "HEAD", environment={"PATH": str(tmp_path)})
    assert outcome.code == 5
    assert "git is not installed" in outcome.err


def test_beyond_the_end_of_a_shallow_clone(
    registry: Path, git: Git, tmp_path: Path, coefgate: Coefgate
) -> None:
    git("commit", "-q", "--allow-empty", "-m", "second")
    git("clone", "-q", "--depth", "1", registry.as_uri(), str(tmp_path / "shallow"))
    outcome = coefgate("gate", "--at", "HEAD~1", cwd=tmp_path / "shallow")
    assert outcome.code == 5
    assert "git fetch --unshallow" in outcome.err
    assert coefgate("gate", cwd=tmp_path / "shallow").code == 0


def _told_again(registry: Path, at: str | None) -> str:
    """Every stored call once more, from another log; ``at``: another time of their making."""
    told = []
    for line in next((registry / "samples").rglob("*.jsonl")).read_text("utf-8").splitlines():
        call = json.loads(line)
        call |= {
            "reference": f"again.log:{call.pop('id')}",
            "duplicate_of": None,
            "same_ceiling_as": None,
        }
        told.append(json.dumps(call if at is None else call | {"observed_at": at}))
    return "".join(f"{line}\n" for line in told)


@pytest.mark.parametrize(
    ("at", "column", "other"),
    [
        (None, "later_found", "prospective"),
        ("2026-11-01T09:00:00+11:00", "prospective", "later_found"),
    ],
    ids=["as old as those that are known", "newer than all that are known"],
)
def test_prospective_calls_came_in_later_and_were_made_later(
    registry: Path,
    tmp_path: Path,
    git: Git,
    coefgate: Coefgate,
    *,
    at: str | None,
    column: str,
    other: str,
) -> None:
    later = tmp_path / "later.jsonl"
    later.write_text(_told_again(registry, at), "utf-8")
    outcome = coefgate("samples", "add", str(later))
    assert outcome.code == 0, outcome.text
    assert "152 calls stored in samples/autopack/" in outcome.out
    assert "nothing new" in coefgate("samples", "add", str(later)).out
    for command in ("gate", "replay"):
        report = json.loads(coefgate(command, "--format", "json").out)
        arrived = report["later"]
        assert arrived["newest_known"] == "2025-12-29T09:18:40+00:00"
        assert arrived[other] == {"samples": 0, "censored": 0, "phases": 0}
        assert arrived[column]["samples"] == report["metrics"][column]["samples"] > 30
        assert report["metrics"][other] is None
        told = f"{column.replace('_', ' ')}: {arrived[column]['samples']} calls"
        assert told in coefgate(command).out


def test_where_no_call_had_a_time_prospective_ones_are_newer_than_the_coefficients(
    registry: Path, tmp_path: Path, git: Git, coefgate: Coefgate
) -> None:
    store = next((registry / "samples").rglob("*.jsonl"))
    later = tmp_path / "later.jsonl"
    later.write_bytes(store.read_bytes())
    store.unlink()
    git("commit", "-qam", "without calls", "--amend")
    assert coefgate("samples", "add", str(later)).code == 0
    for command in ("gate", "replay"):
        out = " ".join(coefgate(command).out.split())
        assert (
            "prospective: no call came in after these coefficients, "
            "made after they did, as no call with a time was stored then; 10 phases are needed"
        ) in out
        assert (
            "later found: 58 calls + 5 cut off, 47 phases came in after these coefficients, "
            "no newer than they are or of unknown time"
        ) in out
        assert "the newest call stored then" not in out


def test_breaking_down_by_every_dimension(coefgate: Coefgate) -> None:
    names = "category,complexity,deliverables,model,operation,success"
    strata = json.loads(coefgate("replay", "--by", names, "--format", "json").out)["strata"]
    assert {stratum["dimension"] for stratum in strata} == set(names.split(","))
    by_success = {s["value"]: s["metrics"] for s in strata if s["dimension"] == "success"}
    assert by_success.pop("cut off") is None
    assert {value: metrics["samples"] for value, metrics in by_success.items()} == {
        "succeeded": 58,
        "failed": 13,
    }
    outcome = coefgate("replay", "--by", "colour")
    assert outcome.code == 2
    assert "deliverables" in outcome.err
