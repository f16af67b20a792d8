"""Calls that a proposal stores, corrects or retires, and what the gate says of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from coefgate.core.trees import FolderTree
from coefgate.samples.model import Sample, fields_of, stored_line
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples
from tests.end_to_end.conftest import Coefgate

GATES = "coefficients/gates.yaml"
LINKS: Mapping[str, None] = {"duplicate_of": None, "same_ceiling_as": None, "supersedes": None}
"""A call that is linked to no other."""
WHOLE: Mapping[str, Any] = {"truncated": False, "stop_reason": "end_turn", "same_ceiling_as": None}
"""A call that was not cut off after all."""


def stored(registry: Path, wanted: Callable[[Sample], bool] = lambda _: True) -> list[Sample]:
    """The stored calls of this kind, in their order."""
    return [one for one in read_samples(FolderTree(registry)).samples if wanted(one)]


def is_eligible(one: Sample) -> bool:
    """Is it scored, as far as its own line says? No line of the shipped registry is superseded."""
    whole = one.paths == "real" and one.duplicate_of is None
    return whole and one.success is True and one.truncated is False and one.category is not None


def cut_off(one: Sample) -> bool:
    """A call of ``docs/low`` that was cut off at 16,384 tokens and counts."""
    return bool(one.truncated and one.phase_id == "telemetry-v5-d2-usage-examples")


def add(registry: Path, drafts: Sequence[Mapping[str, Any]]) -> tuple[str, list[str]]:
    """Store calls as an import does: the new file and the ids."""
    done = add_samples([stored_line(draft) for draft in drafts], source="new.jsonl", root=registry)
    assert done.path is not None
    return done.path, [one.id for one in done.added]


def correct(registry: Path, *olds: Sample, **changes: Any) -> tuple[str, list[str]]:
    """Correct stored calls, all alike."""
    return add(registry, [fields_of(one) | {"supersedes": one.id} | changes for one in olds])


def new_calls(like: Sample, count: int, **changes: Any) -> list[dict[str, Any]]:
    """Calls of new phases, like a stored one."""
    new = {**fields_of(like), **LINKS, "run_id": "new"}
    return [
        new | {"phase_id": f"new-{n}", "reference": f"new:{n}"} | changes for n in range(count)
    ]


def append(registry: Path, file: str, text: str) -> None:
    """Write more into a file of the registry."""
    path = registry / file
    path.write_text(f"{path.read_text('utf-8')}{text}", "utf-8")


def judged(coefgate: Coefgate, *arguments: str) -> tuple[int, dict[str, str]]:
    """The gate's exit code, and the message of each rule that does not pass."""
    found = coefgate("gate", *arguments, "--format", "json")
    if not found.out:
        return found.code, {}
    rules: list[dict[str, Any]] = json.loads(found.out)["rules"]
    return found.code, {
        rule["rule"]: rule["message"] for rule in rules if rule["status"] != "pass"
    }


def store_calls_like_the_first(registry: Path, count: int, **changes: object) -> None:
    """Store calls of new phases, like the first eligible one but for ``changes``."""
    store = read_samples(FolderTree(registry))
    like = next(
        one
        for one in store.samples
        if one.category == "implementation"
        and one.success
        and one.paths == "real"
        and not one.truncated
    )
    new = [
        fields_of(like)
        | {
            "phase_id": f"new-{n}",
            "run_id": "new",
            "reference": f"new:{n}",
            "max_output_tokens": None,
            "duplicate_of": None,
            "supersedes": None,
            "same_ceiling_as": None,
        }
        | changes
        for n in range(count)
    ]
    add_samples([stored_line(fields) for fields in new], source="new.jsonl", root=registry)
