"""What a verdict says first, in the real command: just as much as was found, on any screen."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from coefgate.core.trees import FolderTree
from coefgate.samples.model import fields_of, stored_line
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples
from tests.end_to_end.conftest import Coefgate

Git = Callable[..., str]
DOCS = "coefficients/overhead/docs.yaml"
GATES = "coefficients/gates.yaml"
COUNTED = "on 58 calls + 5 cut off, 47 phases"


def edit(registry: Path, file: str, *pairs: tuple[str, str]) -> None:
    """Exchange text in a file of the registry."""
    text = (registry / file).read_text("utf-8")
    for old, new in pairs:
        assert old in text, (file, old)
        text = text.replace(old, new, 1)
    (registry / file).write_text(text, "utf-8")


def store(registry: Path, count: int, **changes: object) -> None:
    """Store calls of new phases, like the first eligible implementation but for ``changes``."""
    like = next(
        one
        for one in read_samples(FolderTree(registry)).samples
        if one.category == "implementation"
        and one.success
        and one.paths == "real"
        and not one.truncated
    )
    links = dict.fromkeys(("duplicate_of", "supersedes", "same_ceiling_as"))
    new = [
        fields_of(like)
        | {
            "phase_id": f"new-{n}",
            "run_id": "new",
            "reference": f"new:{n}",
            "max_output_tokens": None,
            **links,
        }
        | changes
        for n in range(count)
    ]
    add_samples([stored_line(fields) for fields in new], source="new.jsonl", root=registry)


def commit(git: Git, why: str) -> None:
    git("add", "-A")
    git("commit", "-qm", why)


def miss(registry: Path, git: Git) -> None:
    """Bad news is accepted, so the registry misses limits from now on."""
    store(registry, 20, actual_output_tokens=60_000)
    commit(git, "bad news")


def report_of(coefgate: Coefgate, *arguments: str) -> dict[str, Any]:
    """The report for programs."""
    found: dict[str, Any] = json.loads(coefgate("gate", *arguments, "--format", "json").out)
    return found


def push(git: Git) -> None:
    """What is committed is what a remote has."""
    git("update-ref", "refs/remotes/origin/main", "HEAD")


def test_nothing_changed(git: Git, coefgate: Coefgate) -> None:
    push(git)
    found = coefgate("gate")
    assert (found.code, found.out.splitlines()[0]) == (0, f"PASS – nothing changed, {COUNTED}")


def test_a_change_that_keeps_all_limits(registry: Path, git: Git, coefgate: Coefgate) -> None:
    (registry / DOCS).write_text((registry / DOCS).read_text("utf-8") + "# looked at\n", "utf-8")
    found = coefgate("gate")
    assert (found.code, found.out.splitlines()[0]) == (0, f"PASS, {COUNTED}")


def test_what_is_no_file_of_the_registry_is_no_change_of_it(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    (registry / "docs").mkdir()
    (registry / "docs/page.md").write_text("A page.\n", "utf-8")
    push(git)
    assert report_of(coefgate)["headline"] == "PASS – nothing changed"


def test_a_registry_that_misses_its_limits_does_not_pass_by_standing_still(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    miss(registry, git)
    report = report_of(coefgate)
    missed = [rule["rule"] for rule in report["rules"] if not rule["met"]]
    assert missed == ["smape", "underestimation"]
    assert report["headline"] == "NO WORSE – the registry misses smape and underestimation"
    assert report["verdict"] == "pass"
    text = coefgate("gate")
    later = "on calls found later: 100.0% underestimated, SMAPE 153.5, waste 0.13"
    first = f"{report['headline']}, on 78 calls + 5 cut off, 67 phases; {later}"
    assert (text.code, text.out.splitlines()[0]) == (0, first)
    assert not re.search(r"^PASS", text.out, re.MULTILINE)
    page = coefgate("gate", "--format", "markdown").out
    assert page.startswith(f"## 🟡 {report['headline']}, on 78 calls")
    assert "| smape | 🟡 pass, missed |" in page
    summary = coefgate("gate", "--format", "github").out
    assert f"::notice title=coefgate gate::{report['headline']}, on 78 calls" in summary
    tried = coefgate("try", "docs.low=15490")
    assert report["headline"] in tried.out


def test_limits_that_the_registry_will_miss_are_no_pass(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    git("checkout", "-qb", "proposal")
    edit(registry, GATES, ("p90_to: 3.0", "p90_to: 2.0"), ("mean_below: 50", "mean_below: 30"))
    headline = "NO WORSE – the registry misses smape and waste-p90"
    found = coefgate("gate")
    assert (found.code, found.out.splitlines()[0]) == (0, f"{headline}, {COUNTED}")
    report = report_of(coefgate)
    (note,) = report["notes"]
    assert note == (
        "By the limits that this change proposes the registry misses smape (requires: mean below "
        "30) and waste-p90 (requires: P90 up to 2)."
    )
    assert report["verdict"] == "pass"
    commit(git, "tighter")
    git("checkout", "-q", "main")
    git("merge", "-q", "--ff-only", "proposal")
    landed = report_of(coefgate, "--base", "main")
    assert (landed["headline"], landed["notes"]) == (headline, [])
    git("checkout", "-qb", "both")
    edit(registry, GATES, ("p90_to: 2.0", "p90_to: 2.7"), ("rate_below: 0.10", "rate_below: 0.01"))
    assert coefgate("gate").code == 1  # gates-loosened
    edit(registry, GATES, ("p90_to: 2.7", "p90_to: 2.0"))
    assert report_of(coefgate)["headline"] == (
        "NO WORSE – the registry misses smape, underestimation and waste-p90"
    )


def test_limits_that_are_tighter_and_met_are_a_pass(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(registry, GATES, ("mean_below: 50", "mean_below: 45"))
    report = report_of(coefgate)
    assert (report["headline"], report["notes"]) == ("PASS", [])


def test_a_failure(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, DOCS, *[("tokens: 15490", "tokens: 3000")] * 3)
    found = coefgate("gate")
    assert (found.code, found.out.splitlines()[0]) == (1, f"FAIL, {COUNTED}")


def test_what_nobody_measured(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, "coefficients/registry.yaml", ("tokens: 2000", "tokens: 2100"))
    found = coefgate("gate")
    assert (found.code, found.out.splitlines()[0]) == (4, f"NOT MEASURABLE, {COUNTED}")


def test_a_restore(registry: Path, git: Git, coefgate: Coefgate) -> None:
    first = git("rev-parse", "HEAD")
    edit(registry, "coefficients/overhead/implementation.yaml", ("tokens: 920", "tokens: 400"))
    commit(git, "much lower")
    git("checkout", "-qb", "back")
    git("checkout", first, "--", "coefficients")
    found = coefgate("gate")
    assert (found.code, found.out.splitlines()[0]) == (0, f"RESTORE, {COUNTED}")
    assert report_of(coefgate)["headline"] == "RESTORE"


def test_a_state_by_itself_says_that_nothing_was_compared(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    alone = "judged by itself, nothing was compared (asked for with --at)"
    report = report_of(coefgate, "--at", "HEAD")
    assert report["headline"] == f"PASS – {alone}"
    assert coefgate("gate", "--at", "HEAD").out.startswith(f"PASS – {alone}, {COUNTED}\n")
    page = coefgate("gate", "--at", "HEAD", "--format", "markdown").out
    assert page.startswith("## ☑️ PASS – judged by itself")
    assert "✅ PASS" not in page
    miss(registry, git)
    assert report_of(coefgate, "--at", "HEAD")["headline"] == f"FAIL – {alone}"


def test_a_registry_without_a_call_is_no_pass(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    for file in (registry / "samples").rglob("*.jsonl"):
        file.unlink()
    commit(git, "none is stored")
    push(git)
    report = report_of(coefgate)
    assert report["verdict"] == "pass"
    assert report["headline"] == "NO WORSE – the registry has no call to be measured on"
    said = report["headline"]
    assert coefgate("gate").out.splitlines()[0] == said
    page = coefgate("gate", "--format", "markdown").out
    assert page.splitlines()[0].endswith(said)
    assert page.splitlines()[-1].endswith(f"{said}**")
    assert f"::{said}." in coefgate("gate", "--format", "github").out


# ---------------------------------------------------------------- the way from base to head


def _steps(out: str, rule: str) -> list[str]:
    """The figures of a rule's row, from base on."""
    row = next(line for line in out.splitlines() if line.startswith(f"{rule} "))
    return re.split(r"  +", row)[2:5]


def test_what_new_calls_do_is_told_apart_from_what_values_do(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    store(registry, 20, actual_output_tokens=60_000)
    found = coefgate("gate")
    assert found.code == 0
    assert re.search(
        r"^rule +verdict +base +by new calls +by values +limit", found.out, re.MULTILINE
    )
    report = report_of(coefgate)
    (smape,) = (rule for rule in report["rules"] if rule["rule"] == "smape")
    own, both, head = (f"{smape[side]:.1f}" for side in ("known", "base", "head"))
    assert own == "41.3" == f"{report['metrics']['known']['smape_mean']:.1f}"
    assert report["metrics"]["known"]["samples"] == 58
    assert float(both) > 50
    assert both == head
    assert _steps(found.out, "smape") == ["41.3", f"→ {both}", head]
    assert f"miss smape (requires: mean below 50): 41.3 → {both} by new calls. " in " ".join(
        found.out.split()
    )
    page = coefgate("gate", "--format", "markdown").out
    assert (
        "| rule | verdict | base | by new calls | by values | limit | n | 95% interval |" in page
    )
    assert f"| smape | 🟡 pass, missed | 41.3 | → {both} | {head} |" in page
    assert f"41.3 → {both} by new calls" in coefgate("gate", "--format", "github").out
    low, high = report["stakes"]["cut_off"]["known"]
    assert (round(low), round(high)) == (16, 95)
    assert "Per 1,000 calls like these: 57 (16–95) → " in found.out
    assert "(by new calls) replies would be cut off" in " ".join(found.out.split())


def test_values_are_told_beside_new_calls(registry: Path, git: Git, coefgate: Coefgate) -> None:
    store(registry, 20, actual_output_tokens=60_000)
    edit(registry, DOCS, *[("tokens: 15490", "tokens: 3000")] * 3)
    report = report_of(coefgate)
    (smape,) = (rule for rule in report["rules"] if rule["rule"] == "smape")
    assert len({smape["known"], smape["base"], smape["head"]}) == 3
    own, both, head = (f"{smape[side]:.1f}" for side in ("known", "base", "head"))
    assert _steps(coefgate("gate").out, "smape") == [own, f"→ {both}", f"→ {head}"]


def test_a_retirement_is_told_as_one(registry: Path, git: Git, coefgate: Coefgate) -> None:
    one = next(
        sample
        for sample in read_samples(FolderTree(registry)).samples
        if sample.success and sample.paths == "real" and not sample.truncated
    )
    (registry / "samples/retired.yaml").write_text(
        f'retired:\n  - {{id: {one.id}, reason: "told twice"}}\n', "utf-8"
    )
    assert re.search(
        r"^rule +verdict +base +by retired calls +by values", coefgate("gate").out, re.MULTILINE
    )


def test_where_no_call_moves_there_are_two_columns(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    edit(registry, DOCS, ("tokens: 15490", "tokens: 14716"))
    report = report_of(coefgate)
    assert report["metrics"]["known"] is None
    assert {rule["known"] for rule in report["rules"]} == {None}
    assert re.search(r"^rule +verdict +base +head +limit", coefgate("gate").out, re.MULTILINE)


# ---------------------------------------------------------------- seen on any screen


def _on_a_terminal(registry: Path, height: int, *arguments: str) -> list[str]:
    """The lines that the command prints on a terminal of this height."""
    ours, its = pty.openpty()
    environment = {
        **os.environ,
        "LINES": str(height),
        "COLUMNS": "200",
        "TERM": "xterm",
        "NO_COLOR": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "coefgate", *arguments],
        cwd=registry,
        stdin=subprocess.DEVNULL,
        stdout=its,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    os.close(its)
    written = b""
    try:
        while piece := os.read(ours, 65536):
            written += piece
    except OSError:  # the other end is closed
        pass
    finally:
        os.close(ours)
    assert process.wait() == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written.decode("utf-8"))
    return [line.rstrip() for line in text.splitlines()]


def test_a_long_report_ends_with_its_verdict(registry: Path, git: Git, coefgate: Coefgate) -> None:
    edit(registry, DOCS, *[("tokens: 15490", "tokens: 3000")] * 3)
    lines = coefgate("gate").out.splitlines()
    assert len(lines) > 24
    assert lines[-1] == lines[0] == f"FAIL, {COUNTED}"
    assert lines[-2].startswith("next: ")
    page = coefgate("gate", "--format", "markdown").out.splitlines()
    assert (page[0], page[-1]) == (f"## ❌ FAIL, {COUNTED}", f"**❌ FAIL, {COUNTED}**")


def test_a_short_report_says_its_verdict_once(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    for file in (registry / "samples").rglob("*.jsonl"):
        file.unlink()
    git("commit", "--quiet", "--all", "--amend", "--message", "no call")
    lines = coefgate("gate").out.splitlines()
    assert len(lines) <= 24
    # Its numbers were fitted, so it had calls once.
    assert len([line for line in lines if line.startswith("NOT MEASURABLE")]) == 1
    assert lines[-1] == "next: coefgate coverage"


def test_a_long_trial_ends_with_the_verdict(git: Git, coefgate: Coefgate) -> None:
    lines = coefgate("try", "docs.low=3000").out.splitlines()
    assert lines[0].startswith("tried: ")
    assert lines[-1] == lines[2] == f"FAIL, {COUNTED}"
    assert "smallest change that would pass" in lines[-3]
    page = coefgate("try", "docs.low=3000", "--format", "markdown").out.splitlines()
    assert page[-1] == f"**❌ FAIL, {COUNTED}**"


def test_how_long_is_long_depends_on_the_terminal(registry: Path, git: Git) -> None:
    push(git)
    high = _on_a_terminal(registry, 60, "gate")
    low = _on_a_terminal(registry, 10, "gate")
    assert high[0] == f"PASS – nothing changed, {COUNTED}"
    assert high[-2] == "next: coefgate coverage"
    assert low == [*high, high[0]]
