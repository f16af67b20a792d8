"""What an agent platform runs, on any system: a pin, estimates, records, with Python alone."""

from __future__ import annotations

import json
import sqlite3
import sys
from contextlib import closing

from tests.portable.conftest import COEFGATE, Place

PROGRAM = """
from coefgate import Registry
registry = Registry.from_lock()
registry.record_to("telemetry.db", runner="agents")
asked = {"category": "docs", "complexity": "low", "deliverables": ["create:docs/guide.md"]}
for number in range(3):
    with registry.record(**asked) as call:
        call.finish(output_tokens=1_000 + number, stop_reason="end_turn")
print(registry.estimate(**asked).tokens)
"""


def test_a_snapshot_is_pinned_verified_and_estimated_from(registry: Place) -> None:
    registry.runs(*COEFGATE, "build", "-o", "snapshot.json")
    assert b"\r" not in (registry.root / "snapshot.json").read_bytes()
    registry.runs(*COEFGATE, "pin", "snapshot.json")
    assert "sha256:" in registry.runs(*COEFGATE, "verify")
    asked = ("--category", "docs", "--complexity", "low", "create:docs/guide.md")
    told = json.loads(registry.runs(*COEFGATE, "estimate", *asked, "--format", "json"))
    (registry.root / "program.py").write_text(PROGRAM, "utf-8")
    printed = registry.runs(sys.executable, "program.py")
    assert int(printed) == told["tokens"] > 0


def test_a_pin_of_a_whole_path_is_found_again(registry: Place) -> None:
    """On Windows it begins with a drive."""
    snapshot = registry.root / "snapshot.json"
    registry.runs(*COEFGATE, "build", "-o", str(snapshot))
    registry.runs(*COEFGATE, "pin", str(snapshot))
    assert registry.runs(*COEFGATE, "verify", "--online")


def test_a_release_of_a_repository_is_pinned_from_its_folder(registry: Place) -> None:
    registry.runs(*COEFGATE, "release")
    agent = Place(registry.root.parent / "agent")
    agent.root.mkdir()
    agent.runs(*COEFGATE, "pin", registry.root.as_posix())
    assert "1.0.0" in agent.runs(*COEFGATE, "verify", "--online")
    (agent.root / "program.py").write_text(PROGRAM, "utf-8")
    assert int(agent.runs(sys.executable, "program.py")) > 0


def test_calls_are_recorded_and_nothing_is_left_beside_them(registry: Place) -> None:
    registry.runs(*COEFGATE, "build", "-o", "snapshot.json")
    registry.runs(*COEFGATE, "pin", "snapshot.json")
    registry.runs(sys.executable, "-c", PROGRAM)
    with closing(sqlite3.connect(registry.root / "telemetry.db")) as store:
        found = store.execute("SELECT actual_output_tokens FROM calls ORDER BY sequence")
        assert [tokens for (tokens,) in found] == [1_000, 1_001, 1_002]
    assert not (registry.root / "telemetry.db-spool").exists()
