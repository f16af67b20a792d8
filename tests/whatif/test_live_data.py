"""What travels in a page: compact, the same each time, and with the places of all numbers."""

from __future__ import annotations

import json
from functools import reduce
from operator import getitem
from typing import Any

from coefgate.core.vocabulary import Deliverable
from coefgate.replay.evidence import Evidence
from coefgate.samples.status import Audited
from coefgate.whatif.live_data import live_data
from tests.registry.builders import registry, with_sizes
from tests.registry.semantics_2 import large, rule
from tests.replay.builders import sample

REGISTRY = with_sizes(large((rule("1.2", "claude-opus-*", "gpt-5"),)), "doc")


def _calls(count: int) -> list[Audited]:
    """No two of them alike: other files, other needs, each of a phase of its own."""
    return [
        Audited(
            sample(
                at,
                1000 + 97 * at % 100_000,
                category=("docs", "tests", "database")[at % 3],
                model=f"claude-opus-{at % 7}",
                output_mode="full_file",
                deliverables=(
                    Deliverable("a.md", "modify", 1 + at % 8000),
                    *(Deliverable(f"{number}.py", "create") for number in range(at % 5)),
                ),
            ),
            "censored" if at % 20 == 3 else "eligible",
            "",
        )
        for at in range(count)
    ]


def _as_json(data: Any) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)


def test_10_000_calls_take_little_room() -> None:
    data = live_data(REGISTRY, Evidence(_calls(10_000)))
    assert len(_as_json(data)) < 600_000
    assert len(data["calls"]["actual"]) == 10_000


def test_the_same_calls_give_the_same_bytes() -> None:
    first, second = (_as_json(live_data(REGISTRY, Evidence(_calls(50)))) for _ in range(2))
    assert first == second


def test_each_number_has_its_place_in_the_snapshot() -> None:
    data = live_data(REGISTRY, Evidence(_calls(3)))
    assert len(data["keys"]) == len(REGISTRY.numbers)
    for key in data["keys"]:
        found = reduce(getitem, key["place"], data["snapshot"])
        assert found == key["steps"], key["name"]


def test_columns_that_no_call_has_stay_at_home() -> None:
    [call] = _calls(1)
    assert len(live_data(registry(), Evidence([call]))["columns"]) == 1


def test_what_others_wrote_stays_as_it_is() -> None:
    evil = "</script><b>&"
    call = Audited(sample(1, 1000, model=evil), "eligible", "")
    strata = live_data(REGISTRY, Evidence([call]))["strata"]
    assert [evil] in strata["labels"]
