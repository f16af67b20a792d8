"""A registry with two releases, and what its runners recorded in three weeks: all invented.

    python examples/watched_weeks.py ../watched

makes ../watched/registry, with the coefficients of this repository as 1.0.0 and a 1.0.1 that gives
half as much for every call's overhead; ../watched/origin.git, where both are pushed to; and
../watched/telemetry.db. 1.0.0 serves the weeks 46 and 47 of 2026, and 1.0.1 serves week 48. What
calls need stays the same. The records are the same every time. The story is
in docs/how-to/monitoring.md.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copytree

from coefgate.core.estimate import estimate
from coefgate.core.release import Release, annotation
from coefgate.core.snapshot import Snapshot
from coefgate.core.table import Table, compile_table
from coefgate.core.trees import FolderTree
from coefgate.core.versions import Version
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from coefgate.runner.call_record import CallRecord
from coefgate.telemetry.schema import calls
from coefgate.telemetry.store import make_store, open_store

HERE = Path(__file__).resolve().parents[1]
WEEK_46 = datetime(2026, 11, 9, tzinfo=UTC)
CALLS = 240  # in a week
KINDS = [("docs", "low"), ("docs", "medium"), ("tests", "low"), ("implementation", "medium")]


def main(folder: Path) -> None:
    root = folder / "registry"
    for name in ("coefficients", "samples"):
        copytree(HERE / name, root / name)
    git(folder, "init", "-q", "--bare", "-b", "main", "origin.git")
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "user.name", "Ada")
    git(root, "config", "user.email", "ada@example.org")
    git(root, "remote", "add", "origin", "../origin.git")
    good = release(root, "1.0.0", "A registry of coefficients")
    for file in (root / "coefficients/overhead").glob("*.yaml"):
        text = re.sub(r"(?m)^ +acknowledge: .*\n", "", file.read_text("utf-8"))
        half = re.sub(r"(?<=tokens: )[0-9]+", lambda found: str(int(found[0]) // 2), text)
        file.write_text(half, "utf-8")
    low = release(root, "1.0.1", "Give half as much")
    git(root, "push", "-q", "--tags", "-u", "origin", "main")
    weeks = [(good, 0), (good, 1), (low, 2)]
    records = [one for table, week in weeks for one in week_of(table, good, week)]
    store = str(folder / "telemetry.db")
    make_store(store)
    with open_store(store, write=True) as opened, opened.write() as connection:
        connection.execute(calls.insert(), [asdict(one) for one in records])


def release(root: Path, version: str, message: str) -> Table:
    """Commit and tag what lies in the folder, whatever a gate would say; its table."""
    found: Snapshot = snapshot(read_registry(FolderTree(root)))
    number = Version.parsed(version)
    assert number is not None
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)
    words = annotation(f"Coefficients {version}", Release(number, None, found))
    git(root, "tag", "--annotate", "--file=-", number.tag, given=words)
    return compile_table(found.content, registry_version=version, digest=found.digest)


def week_of(table: Table, usual: Table, week: int) -> Iterator[CallRecord]:
    """The calls of a week. ``usual``: what they need is about two thirds of what this says."""
    random = Random(week)  # noqa: S311 (invented calls)
    for at in range(CALLS):
        category, complexity = random.choice(KINDS)
        path = f"docs/page-{at}.md" if category == "docs" else f"src/module_{at}.py"
        files = [Deliverable(path, "create")]
        told, likely = (
            estimate(one, category=category, complexity=complexity, deliverables=files)
            for one in (table, usual)
        )
        budget = told.tokens
        need = round(likely.tokens * random.lognormvariate(-0.37, 0.17))
        began = WEEK_46 + timedelta(weeks=week, minutes=42 * at)
        micros = int(began.timestamp()) * 1_000_000
        cut_off = need > budget
        yield CallRecord(
            writer=f"{week:032x}",
            sequence=at + 1,
            started_at=micros,
            finished_at=micros + 20_000_000,
            runner="runner-1",
            origin="shop",
            run_id=f"week-{week}",
            phase_id=f"ticket-{week}-{at // 2}",
            attempt=1,
            call_id=None,
            category=category,
            complexity=complexity,
            label_origin="declared",
            model="claude-sonnet-4-5",
            unit="call",
            output_mode=None,
            deliverables=json.dumps([asdict(one) for one in files]),
            deliverable_count=len(files),
            redacted=False,
            paths="real",
            deliverables_from="request",
            reply_matches="unknown",
            sizes_unknown=0,
            registry_version=table.registry_version,
            registry_commit=None,
            digest=table.digest,
            basis=told.basis,
            predicted_tokens=told.tokens,
            interval_low=told.interval.low,
            interval_high=told.interval.high,
            interval_coverage=told.interval.coverage,
            share_measured=told.share_measured,
            budget=budget,
            budget_risk=None,
            previous_output_tokens=None,
            previous_truncated=None,
            max_output_tokens=budget,
            input_tokens=1_200,
            actual_output_tokens=min(need, budget),
            reasoning_tokens=None,
            stop_reason="max_tokens" if cut_off else "end_turn",
            truncated=cut_off,
            success=None if cut_off else True,
            state="finished",
            fault=None,
        )


def git(folder: Path, *words: str, given: str = "") -> None:
    subprocess.run(["git", *words], cwd=folder, check=True, input=given, text=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = Path(sys.argv[1])
    target.mkdir(parents=True)
    main(target)
