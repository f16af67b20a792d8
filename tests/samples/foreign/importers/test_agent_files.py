"""Whole files of several versions of Claude Code and Codex, with totals worked out by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.core.trees import FolderTree
from coefgate.samples.foreign.call import SampleUnit
from coefgate.samples.foreign.collected import Collected, Count
from coefgate.samples.foreign.formats import ImportOptions
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples
from coefgate.use_cases.import_samples import collect_samples
from tests.samples.foreign.importers.agent_records import deliverables, left_out, samples_of

FILES = Path(__file__).with_name("agent_files")
SHOP = FILES / "claude" / "-repo-shop"


def _collect(format_name: str, *places: Path, unit: SampleUnit = "call") -> Collected:
    return collect_samples(
        format_name, list(map(str, places)), origin="here", options=ImportOptions(unit)
    )


def _told(found: Collected) -> dict[str, tuple[int, list[str]]]:
    """Tokens and paths by the id of the call."""
    return {
        one["call_id"]: (one["actual_output_tokens"], [path for path, _, _ in deliverables(one)])
        for one in samples_of(found)
    }


def test_claude_code_2_1_39() -> None:
    """Counts that grow and counts that never do, a subagent, a rejected edit, a cut-off reply.

    Main: 260 + 60 + 2 + 18 + 140 + 90 + 32,000, and a notice of nothing. Agent: 45 + 150 + 12.
    A first line of each reply would have come to 4 + 60 + 2 + 18 + 140 + 90 + 32,000 and 165.
    """
    session = "4d5611e5-0000-4000-8000-000000000039"
    places = SHOP / f"{session}.jsonl", SHOP / session
    found = _collect("claude-code", *places)
    assert found.told == Count(11, 32570 + 207)
    assert _told(found) == {
        "msg_1": (260, ["src/price.py", "README.md"]),
        "msg_6": (90, ["src/price.py"]),
        "msg_side2": (150, ["tests/test_price.py"]),
    }
    # Without files: the task (60), the answer (18), the rejected one (140), the one that was cut
    # off (32,000), and what the agent says before it writes and after (45 + 12).
    assert left_out(found) == {
        "no-files": (6, 32275),
        "not-generated": (1, 0),
        "placeholder": (1, 2),
    }
    turns = _collect("claude-code", *places, unit="turn")
    # 260 + 60 + 2 + 18 with the placeholder; 140 for nothing; 90 + 32,000 cut off; 207 beside, of
    # whose last words nothing says that they were all.
    assert left_out(turns) == {
        "no-files": (1, 140),
        "placeholder": (1, 340),
        "unfinished": (1, 207),
    }
    (cut,) = samples_of(turns)
    assert (cut["actual_output_tokens"], cut["truncated"], cut["success"]) == (32090, True, False)


def test_claude_code_2_1_294_and_a_fork_of_it() -> None:
    """480 + 95 + 14, and in the fork, which repeats them, 120 + 6."""
    first, fork = (SHOP / f"0f0f0f0f-0000-4000-8000-00000000029{n}.jsonl" for n in (4, 5))
    found = _collect("claude-code", first, fork)
    assert (found.told, found.again) == (Count(5, 589 + 126), 3)
    store, notebook, edit = samples_of(found)
    assert (store["stop_reason"], store["reasoning_tokens"]) == ("tool_use", 300)
    assert (store["truncated"], store["success"], store["input_tokens"]) == (False, True, 20302)
    assert deliverables(store) == [("src/store.py", "create", None)]
    # A here-document may have written more than the notebook, of {"cells":[]}.
    assert (notebook["paths"], deliverables(notebook)) == (
        "partial",
        [("try.ipynb", "modify", 12)],
    )
    assert deliverables(edit) == [("src/store.py", "modify", 20)]  # ten times é
    turns = samples_of(_collect("claude-code", fork, first, unit="turn"))
    assert [(one["actual_output_tokens"], one["stop_reason"]) for one in turns] == [
        (589, "end_turn"),
        (126, "end_turn"),
    ]


def test_claude_p_stream_json_2_1_274() -> None:
    """Its result says 345; the counts of its replies, 2 + 1 + 1, are those of the moment."""
    stream = FILES / "claude" / "stream.jsonl"
    (turn,) = samples_of(_collect("claude-code", stream, unit="turn"))
    assert (turn["actual_output_tokens"], turn["model"]) == (345, "claude-sonnet-5")
    assert (turn["success"], turn["truncated"]) == (True, False)
    assert deliverables(turn) == [("src/cart.py", "create", None), ("src/price.py", "modify", 3)]
    assert left_out(_collect("claude-code", stream)) == {"placeholder": (3, 4)}


def test_codex_0_104() -> None:
    """Sums 190, 420, 500, 590 and 610, some told twice: 190 + 230 + 80 + 90 + 20."""
    found = _collect("codex", FILES / "codex" / "2026" / "02")
    assert found.told == Count(5, 610)
    cart, price = samples_of(found)
    assert (cart["actual_output_tokens"], cart["reasoning_tokens"]) == (230, 60)
    assert (cart["truncated"], cart["success"], cart["stop_reason"]) == (False, True, None)
    assert deliverables(cart) == [("src/cart.py", "create", None)]
    # The patch of 80 tokens failed; that of 90 moves a file and deletes another.
    assert (price["actual_output_tokens"], deliverables(price)) == (
        90,
        [("src/price.py", "modify", None)],
    )
    (turn,) = samples_of(_collect("codex", FILES / "codex" / "2026" / "02", unit="turn"))
    assert (turn["actual_output_tokens"], turn["success"], turn["truncated"]) == (610, True, False)


def test_codex_0_152() -> None:
    """268 + 12, each under the id of its response and once more in the sums."""
    found = _collect("codex", FILES / "codex" / "2026" / "09")
    assert found.told == Count(2, 280)
    assert _told(found) == {"resp_1": (268, ["src/vat.py"])}


@pytest.mark.parametrize(
    ("format_name", "folder", "unit", "calls"),
    [
        ("claude-code", "claude", "call", 6),
        ("claude-code", "claude", "turn", 4),
        ("codex", "codex", "call", 3),
        ("codex", "codex", "turn", 2),
    ],
)
def test_importing_twice_adds_nothing(
    tmp_path: Path, format_name: str, folder: str, unit: SampleUnit, calls: int
) -> None:
    first = _collect(format_name, FILES / folder, unit=unit)
    assert first.taken.calls == calls
    add_samples(first.lines, source="new", root=tmp_path)
    stored = read_samples(FolderTree(tmp_path)).samples
    again = collect_samples(
        format_name,
        [str(FILES / folder)],
        origin="here",
        options=ImportOptions(unit),
        stored=stored,
    )
    assert (again.taken, again.known) == (Count(), first.taken)
