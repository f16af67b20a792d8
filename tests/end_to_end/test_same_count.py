"""Every command counts the same calls the same way, and says it in the same words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.stored_calls import add, is_eligible, new_calls, stored

Git = Callable[..., str]
DOCS = "coefficients/overhead/docs.yaml"
Count = Mapping[str, int]
NO_CALL = {"samples": 0, "censored": 0, "phases": 0}


def _count(samples: int, censored: int, phases: int) -> Count:
    return {"samples": samples, "censored": censored, "phases": phases}


def _figure(found: Count) -> str:
    return f"{found['samples']} + {found['censored']}"


def _words(found: Count) -> str:
    return f"{found['samples']} calls + {found['censored']} cut off, {found['phases']} phases"


def _every_kind(registry: Path) -> None:
    """Calls of docs/low alone: two are eligible, two were cut off, one is of another model."""
    like = next(one for one in stored(registry, is_eligible) if one.category == "docs")
    for file in (registry / "samples").rglob("*.jsonl"):
        file.unlink()
    cut_off = {"truncated": True, "success": False, "stop_reason": "max_tokens"}
    cut_off |= {"max_output_tokens": 9000, "actual_output_tokens": 9000}
    kinds: tuple[dict[str, Any], ...] = (
        {},
        {"category": "documentation"},
        {"phase_id": "new-0", **cut_off},
        cut_off,
        {"phase_id": "new-0", **cut_off, "attempt": 7},  # the same ceiling
        {"success": False},
        {"paths": "partial"},
        {"model": "gpt-5.1"},
        {"reference": "retired"},
    )
    drafts = new_calls(like, len(kinds))
    _, ids = add(registry, [draft | kind for draft, kind in zip(drafts, kinds, strict=True)])
    gone = next(one.id for one in stored(registry) if one.reference == "retired")
    assert gone in ids
    retired = f'retired:\n  - {{id: "{gone}", reason: told twice}}\n'
    (registry / "samples/retired.yaml").write_text(retired, "utf-8")


CASES: dict[str, tuple[Callable[[Path], None], Count, Count, Count]] = {
    "shipped": (lambda _: None, _count(3, 2, 4), _count(3, 2, 4), _count(58, 5, 47)),
    "every kind": (_every_kind, _count(2, 2, 3), _count(3, 2, 4), _count(3, 2, 4)),
}
"""What is stored; the calls that docs.low predicts, those that say docs/low, all scored ones."""


def _json(coefgate: Coefgate, *words: str) -> Any:
    return json.loads(coefgate(*words, "--format", "json").out)


def _stratum(strata: list[Any], side: str) -> Count:
    [found] = [one for one in strata if (one["dimension"], one["value"]) == ("cell", "docs/low")]
    return {key: found[side][key] for key in NO_CALL}


@pytest.mark.parametrize("case", CASES)
def test_every_command_counts_the_calls_of_one_cell_alike(
    case: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    prepare, predicted, labelled, scored = CASES[case]
    prepare(registry)
    git("add", "-A")
    git("commit", "-q", "--allow-empty", "-m", "the calls")
    path = registry / DOCS
    path.write_text(path.read_text("utf-8").replace("tokens: 15490", "tokens: 15400", 1), "utf-8")

    # Those that the value predicts.
    covered, explained = _json(coefgate, "coverage"), _json(coefgate, "explain", "docs.low")
    difference, report = _json(coefgate, "diff"), _json(coefgate, "gate")
    for cells in (covered["cells"], report["coverage"]["cells"]):
        [cell] = [one for one in cells if (one["category"], one["complexity"]) == ("docs", "low")]
        assert cell.pop("newest") is None or cell["samples"] + cell["censored"]
        assert cell == {"category": "docs", "complexity": "low", **predicted}
    assert explained["counts"] == {"rest": predicted, "scored": scored}
    assert difference["calls"]["counts"] == {"moved": predicted, "scored": scored}
    for [change] in (difference["changes"], report["changes"]):
        assert change["counts"] == predicted
    statuses = [one["status"] for one in explained["samples"]]
    assert [statuses.count(status) for status in ("eligible", "censored")] == [
        predicted["samples"],
        predicted["censored"],
    ]
    for total in (explained["scored"], difference["calls"]["scored"]):
        assert total == scored["samples"] + scored["censored"]
    audited = _json(coefgate, "samples", "audit")
    assert (audited["eligible"], audited["censored"]) == (scored["samples"], scored["censored"])

    # Those that say the cell, whatever predicts them.
    assert _stratum(report["strata"], "base") == _stratum(report["strata"], "head") == labelled
    assert _stratum(_json(coefgate, "replay", "--by", "cell")["strata"], "metrics") == labelled
    fallen = explained["labelled"]
    assert fallen["of"] == labelled["samples"] + labelled["censored"]
    assert fallen["of"] - fallen["calls"] == predicted["samples"] + predicted["censored"]

    # The same in words, each with which calls they are.
    of = f"{_words(predicted)} (of {_words(scored)})"
    assert f"rest on it: {of}, the largest error first\n" in coefgate("explain", "docs.low").out
    assert f"\npredicted differently: {of}; misses: " in coefgate("diff").out
    text = coefgate("gate").out
    assert f"on {_words(scored)}\n" in text
    assert f"    {_words(predicted)} predicted differently: SMAPE" in text
    assert (
        f"; {_words(predicted)} predicted differently: SMAPE"
        in coefgate("gate", "--format", "github").out
    )
    assert f"| {_figure(predicted)} |" in coefgate("gate", "--format", "markdown").out
    table = coefgate("coverage").out
    assert "by what predicts them" in table
    [row, _days] = [line for line in table.splitlines() if line.startswith("docs ")]
    assert f" {_figure(predicted)} in {predicted['phases']} " in row
    replayed = coefgate("replay", "--by", "cell").out
    assert "by what calls say of themselves" in replayed
    [row] = [line for line in replayed.splitlines() if line.startswith("cell  docs/low ")]
    assert f" {_words(labelled)} " in row
    [row] = [
        line for line in text.splitlines() if line.startswith("cell  ") and " docs/low " in line
    ]
    assert f" {_figure(labelled)} " in row
    heading = r"Strata that move: \d+, base → head, by what calls say of themselves"
    assert re.search(heading, text)


def test_a_value_that_only_calls_which_were_cut_off_rest_on_is_unmeasured_and_not_unused(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    _only_cut_off(registry)
    git("add", "-A")
    git("commit", "-qm", "cut off calls alone")
    path = registry / DOCS
    path.write_text(path.read_text("utf-8").replace("tokens: 15490", "tokens: 15400", 1), "utf-8")
    assert _json(coefgate, "explain", "docs.low")["counts"]["rest"] == _count(0, 2, 2)
    out = coefgate("gate").out
    assert "docs.low rests on no eligible call" in out
    assert "0 calls + 2 cut off, 2 phases predicted differently" in out
    table = coefgate("coverage").out.splitlines()
    [row, _days] = [line for line in table if line.startswith("docs ")]
    assert " 0 + 2 in 2 " in row


def _only_cut_off(registry: Path) -> None:
    """No call of docs/low but those that were cut off is scored any more."""
    gone = [
        one.id
        for one in stored(registry, is_eligible)
        if one.category in ("docs", "documentation")
    ]
    rows = "".join(f'  - {{id: "{one}", reason: told twice}}\n' for one in gone)
    (registry / "samples/retired.yaml").write_text(f"retired:\n{rows}", "utf-8")
