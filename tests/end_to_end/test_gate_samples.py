"""``coefgate gate`` on changed samples: lines gone, corrected, added or retired."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from coefgate.core.trees import FolderTree
from coefgate.samples.model import fields_of, stored_line
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples
from tests.end_to_end.conftest import Coefgate, Edit, Git, Verdict
from tests.end_to_end.stored_calls import WHOLE, store_calls_like_the_first

STORE = "samples/autopack/2025-12-17-17275740.jsonl"
MARGINS = "coefficients/safety_margins.yaml"
GATES = "coefficients/gates.yaml"


def test_lines_that_are_gone_altered_or_moved(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    store = registry / STORE
    lines = store.read_bytes().splitlines(keepends=True)
    store.write_bytes(b"".join(lines[1:]))
    assert "sample-removed" in verdict()[1]

    fields = json.loads(lines[0]) | {"actual_output_tokens": 5}
    store.write_bytes(b"".join([stored_line(fields), *lines[1:]]))
    assert "sample-changed" in verdict()[1]

    store.write_bytes(b"".join(lines))
    store.rename(store.with_name("2025-12-17-00000000.jsonl"))
    assert "sample-changed" in verdict()[1]


def _corrected(registry: Path, status: Callable[[Any], bool], **changes: object) -> None:
    """Correct the first call that is of this kind."""
    store = read_samples(FolderTree(registry))
    old = next(one for one in store.samples if status(one))
    fields = fields_of(old) | {"supersedes": old.id} | changes
    add_samples([stored_line(fields)], source="corrected.jsonl", root=registry)


def _cut_off(one: Any) -> bool:
    return bool(one.truncated and one.phase_id == "telemetry-v5-d2-usage-examples")


def test_a_call_that_was_cut_off_is_not_corrected_away(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    _corrected(registry, _cut_off, **WHOLE, success=False)
    code, red = verdict()
    assert (code, set(red)) == (1, {"cell-shrunk", "corrected"})
    assert "sample 56fefbdc668f, cut off at 16,384 tokens, no longer counts" in red["cell-shrunk"]


def test_a_call_that_was_cut_off_may_turn_out_to_be_complete(
    registry: Path, edit: Edit, verdict: Verdict, coefgate: Coefgate
) -> None:
    longer = {"actual_output_tokens": 17000, "max_output_tokens": None}
    _corrected(registry, _cut_off, **WHOLE, success=True, **longer)
    assert verdict() == (0, {})
    said = "docs/low ≥ 16,384 tokens → docs/low 17,000 tokens"
    for form in ("text", "markdown", "github"):
        assert said in " ".join(coefgate("gate", "--format", form).out.split())


def test_a_call_that_was_cut_off_is_not_displaced(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    store = read_samples(FolderTree(registry))
    old = next(one for one in store.samples if _cut_off(one))
    fields = fields_of(old) | {
        "reference": "new:1",
        "attempt": 9,
        "observed_at": "2025-01-01T00:00:00+11:00",
        "actual_output_tokens": 1,
    }
    add_samples([stored_line(fields)], source="new.jsonl", root=registry)
    assert verdict() == (0, {})
    # An earlier one that says as much about the same files takes its place, and nothing is lost.
    again = fields | {"reference": "new:3", "attempt": 11, "actual_output_tokens": 16384}
    add_samples([stored_line(again)], source="again.jsonl", root=registry)
    assert verdict() == (0, {})
    elsewhere = fields | {
        "reference": "new:2",
        "attempt": 10,
        "observed_at": "2024-01-01T00:00:00+11:00",
        "actual_output_tokens": 16384,
        "category": "tests",
    }
    add_samples([stored_line(elsewhere)], source="other.jsonl", root=registry)
    code, red = verdict()
    assert (code, set(red)) == (1, {"cell-shrunk"})


def test_a_call_that_was_cut_off_gives_way_to_none_about_other_files(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    old = next(one for one in read_samples(FolderTree(registry)).samples if _cut_off(one))
    many = [
        {"path": f"docs/{n}.md", "operation": "create", "bytes_before": None} for n in range(8)
    ]
    fields = fields_of(old) | {
        "reference": "new:1",
        "attempt": 9,
        "observed_at": "2025-01-01T00:00:00+11:00",
        "deliverables": many,
    }
    add_samples([stored_line(fields)], source="new.jsonl", root=registry)
    code, red = verdict()
    assert (code, set(red)) == (1, {"cell-shrunk"})
    assert "no longer counts: it was replaced by" in red["cell-shrunk"]


def test_a_call_that_was_cut_off_is_not_paid_for_with_another(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    _corrected(registry, _cut_off, **WHOLE, success=False)
    store_calls_like_the_first(
        registry, 1, category="docs", complexity="low", actual_output_tokens=16000
    )
    assert "cell-shrunk" in verdict()[1]


def test_bad_news_lands_and_is_loud(
    registry: Path, edit: Edit, coefgate: Coefgate, git: Git, verdict: Verdict
) -> None:
    store_calls_like_the_first(registry, 12, actual_output_tokens=60_000)
    found = coefgate("gate")
    assert found.code == 0, found.text
    assert "BAD NEWS" in found.out
    git("add", "-A")
    git("commit", "-qm", "bad news")
    edit(
        "coefficients/marginal_costs.yaml", ("tokens: 2210", "tokens: 2150")
    )  # no worse on all, better on none
    assert verdict()[0] == 1


def test_easy_calls_do_not_carry_a_worse_figure(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    edit(MARGINS, ("factor: 1\n", "factor: 1.35\n"))
    assert "waste-band" in verdict()[1]
    store_calls_like_the_first(registry, 60, actual_output_tokens=10_000)
    code, red = verdict()
    assert code == 1
    assert "waste-band" not in red
    assert "waste-band" in red["diluted"]


def test_easy_calls_alone_must_be_explained(
    registry: Path, edit: Edit, verdict: Verdict, coefgate: Coefgate
) -> None:
    store_calls_like_the_first(registry, 60, actual_output_tokens=7500)  # 7,900 are predicted
    code, red = verdict()
    assert (code, set(red)) == (4, {"flattered"})
    file = next(
        name for name in (registry / "samples").rglob("*.jsonl") if name.name != Path(STORE).name
    )
    path = file.relative_to(registry).as_posix()
    assert f'(`{{file: {path}, reason: "…"}}`)' in coefgate("gate", "--format", "markdown").out
    text = (registry / GATES).read_text("utf-8")
    (registry / GATES).write_text(
        f"{text}flattered: [{{file: {path}, reason: what users really call}}]\n", "utf-8"
    )
    assert verdict() == (0, {})
    assert "asked for by flattered" in coefgate("gate").out


def test_a_retirement_does_not_share_a_change_with_a_figure(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    store = read_samples(FolderTree(registry))
    entries = [{"id": store.samples[5].id, "reason": "told twice"}]
    (registry / "samples/retired.yaml").write_text(yaml.safe_dump({"retired": entries}), "utf-8")
    assert verdict()[0] == 0
    edit("coefficients/marginal_costs.yaml", ("tokens: 2210", "tokens: 2200"))
    assert "retired-with-values" in verdict()[1]
