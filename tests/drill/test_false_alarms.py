"""The audit of false alarms: what it draws, and what it says of a gate."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from coefgate.drill.false_alarms import (
    Group,
    Tally,
    Trial,
    exact_interval,
    tallies,
    trials,
    tried,
)
from coefgate.drill.fileset import Fileset, StoredLine
from coefgate.drill.kinds.lines import honest_import
from coefgate.drill.oracle.evidence import counting, scored
from coefgate.drill.plant import NotPlantable
from coefgate.drill.run import Answer
from coefgate.reports.pages.drills import false_alarms_dict, false_alarms_page
from coefgate.reports.render.json import json_text
from tests.drill.conftest import Memory, drilled, says
from tests.reports.formats import printed


def _random(seed: int) -> Random:
    return Random(seed)  # noqa: S311 (draws, no secrets)


def _needs(state: Fileset) -> dict[tuple[object, ...], int]:
    """How often calls with these labels, files and needs are there."""
    found: dict[tuple[object, ...], int] = {}
    for call in scored(state):
        fields = call.fields
        names = ("category", "complexity", "actual_output_tokens", "truncated", "model")
        key = (*(fields[name] for name in names), json.dumps(fields["deliverables"]))
        found[key] = found.get(key, 0) + 1
    return found


@pytest.mark.parametrize("count", [3, 30])
def test_honest_calls_are_stored_ones_once_more_in_phases_of_their_own(
    by_hand: Fileset, count: int
) -> None:
    changed = honest_import(scored(by_hand), _random(1), count)
    head = by_hand.after(changed)
    new = len(scored(head)) - len(scored(by_hand))
    assert count <= new < count + 6  # the last phase is whole
    before, after = _needs(by_hand), _needs(head)
    assert after.keys() == before.keys()
    phases = {call.phase for call in scored(head)} - {call.phase for call in scored(by_hand)}
    assert len(phases) > count / 6


def test_hard_calls_and_those_that_were_cut_off_are_drawn_as_often_as_they_are(
    by_hand: Fileset,
) -> None:
    head = by_hand.after(honest_import(scored(by_hand), _random(2), 2000))
    cut_off = [call for call in scored(head) if call.censored and call.fields["run_id"] == "drill"]
    known = sum(call.censored for call in scored(by_hand)) / len(scored(by_hand))
    assert len(cut_off) / 2000 == pytest.approx(known, rel=0.4)


def test_calls_that_are_not_stored_come_in_once_and_as_they_are(by_hand: Fileset) -> None:
    (file, content) = next(iter(honest_import(scored(by_hand), _random(3), 20).items()))
    real = counting(by_hand, Fileset({file: content}).stored)
    changed = honest_import(real, _random(4), 10, once=True)
    lines = next(iter(changed.values())).splitlines()
    assert len(set(lines)) == len(lines) >= 10
    assert set(lines) <= set(content.splitlines())
    with pytest.raises(NotPlantable, match="fewer than 100"):
        honest_import(real, _random(4), 100, once=True)


def test_the_same_seed_plants_the_same_and_the_next_something_else(by_hand: Fileset) -> None:
    which = [one for one in trials(None) if one.group == "honest" and one.calls == 3]

    def planted(seed: int, times: int) -> list[object]:
        scratch = Memory()
        list(
            tried(by_hand, which, seed=seed, times=times, gate=lambda _: says(0), scratch=scratch)
        )
        return [files for parent, files in scratch.commits if parent is not None]

    assert planted(1, 2) == planted(1, 2) == [*planted(1, 1), *planted(2, 1)]
    assert planted(1, 1) != planted(2, 1)


def test_what_is_stopped_is_counted_with_the_rules_that_object(by_hand: Fileset) -> None:
    answers = [says(0), says(4, "flattered"), says(1, "swing", "flattered"), says(0)]

    def gate(_arguments: Sequence[str]) -> Answer:
        return answers.pop(0)

    which = [one for one in trials(None) if one.kind.name == "honest-import-10"]
    found = tuple(tried(by_hand, which, seed=1, times=4, gate=gate, scratch=Memory()))
    (tally,) = tallies(which, found)
    assert (tally.kind, tally.calls, tally.tries, tally.stopped) == ("honest-import-10", 10, 4, 2)
    assert tally.rules == (("flattered", 2), ("swing", 1))
    assert tally.interval == pytest.approx((0.0676, 0.9324), abs=1e-4)


@pytest.mark.parametrize(
    ("group", "calls", "stopped", "complaint"),
    [
        ("identical", None, 0, None),
        ("identical", None, 1, "it must always pass"),
        ("harmless", None, 1, "it must always pass"),
        # 28 of 400 are 7.0 %, and 4.7 % at least; 30 are 5.1 % at least.
        ("honest", 10, 28, None),
        ("honest", 10, 30, "more than 5% are stopped, whatever chance did"),
        ("easy", 10, 100, None),
        ("easy", 30, 400, None),
        ("easy", 30, 399, "it must never pass"),
    ],
)
def test_what_is_wrong_with_a_gate(
    group: Group, calls: int | None, stopped: int, complaint: str
) -> None:
    assert Tally("kind", group, calls, 400, stopped, (), "").complaint == complaint


def test_the_tables_say_what_was_tried_and_how_to_do_it_again() -> None:
    found = (
        Tally(
            "no-change", "identical", None, 5, 1, (("swing", 1),), "stopped, and nobody knows why"
        ),
        Tally("another-split", "harmless", None, 0, 0, (), "no factor leaves whole tokens"),
        Tally("easy-30", "easy", 30, 5, 5, (("flattered", 5),), ""),
    )
    told = printed(false_alarms_page(found, "coefgate drill aa --seed 1 --times 5"))
    assert "not planted: another-split: no factor leaves whole tokens" in told
    wrong = "no-change: it must always pass; stopped by swing (1); stopped, and nobody knows why"
    assert f"NOT as it should be: {wrong}\n" in told
    assert "Nothing was measured: no honest import could be tried" in told
    assert "the same once more: coefgate drill aa --seed 1 --times 5" in told
    rows = json.loads(json_text(false_alarms_dict(found, seed=1, times=5)))["rows"]
    assert [row["share"] for row in rows] == [0.2, None, 1.0]
    assert rows[0]["interval"] == pytest.approx([0.005051, 0.716418])
    assert rows[1]["interval"] is None


def _only(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Have the command try these kinds only; ``make drill`` tries all."""

    def some(real: Sequence[StoredLine] | None) -> tuple[Trial, ...]:
        return tuple(one for one in trials(real) if one.kind.name in names)

    monkeypatch.setattr("coefgate.use_cases.drill.trials", some)


def test_the_command_audits_the_real_gate(registry: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passing, stopped = (
        ("no-change", "judge-alone", "another-split", "honest-import-10"),
        ("easy-30",),
    )
    _only(monkeypatch, *passing, *stopped)
    found = drilled(
        "aa", "--registry", str(registry), "--seed", "1", "--times", "1", "--format", "json"
    )
    assert found.code == 0
    told = {row["kind"]: (row["tries"], row["stopped"]) for row in json.loads(found.out)["rows"]}
    assert told == dict.fromkeys(passing, (1, 0)) | dict.fromkeys(stopped, (1, 1))


def test_what_was_stopped_without_a_note_names_its_rules() -> None:
    found = (
        Tally("another-split", "harmless", None, 5, 5, (("smape", 5), ("waste-band", 5)), ""),
        Tally("honest-import-3", "honest", 3, 5, 0, (), ""),
    )
    told = printed(false_alarms_page(found, "")).splitlines()
    assert (
        "NOT as it should be: another-split: it must always pass; stopped by smape (5), "
        "waste-band (5)" in told
    )
    assert not any("measured" in line or "No false alarm" in line for line in told)


@pytest.mark.parametrize("calls", ["stored", "none"])
def test_a_file_of_which_no_call_counts_measures_nothing(
    tmp_path: Path, registry: Path, monkeypatch: pytest.MonkeyPatch, calls: str
) -> None:
    _only(monkeypatch, "no-change", "honest-import-3")
    file = tmp_path / "later.jsonl"
    stored = next(iter((registry / "samples").glob("*/*.jsonl"))).read_bytes()
    file.write_bytes(stored if calls == "stored" else b"")
    found = drilled(
        "aa", "--registry", str(registry), "--seed", "1", "--times", "1", "--calls", str(file)
    )
    assert found.code == 4
    told = " ".join(found.out.split())
    assert "Nothing was measured: no honest import could be tried" in told
    assert "not planted: honest-import-3: no call to draw from counts" in told
    assert "No false alarm" not in told


def test_honest_imports_are_drawn_from_a_file_of_calls(
    tmp_path: Path, registry: Path, by_hand: Fileset, monkeypatch: pytest.MonkeyPatch
) -> None:
    _only(monkeypatch, "honest-import-3", "honest-import-30")
    file = tmp_path / "later.jsonl"
    file.write_bytes(next(iter(honest_import(scored(by_hand), _random(5), 12).values())))
    found = drilled(
        "aa", "--registry", str(registry), "--seed", "1", "--times", "1", "--calls", str(file)
    )
    assert found.code == 0
    assert "not planted: honest-import-30: there are fewer than 30 calls to draw from" in found.out
    assert " ".join(found.out.split()).endswith(
        f"coefgate drill aa --seed 1 --times 1 --calls {file}"
    )


shares = st.integers(1, 500).flatmap(
    lambda tries: st.tuples(st.integers(0, tries), st.just(tries))
)


@given(shares)
@settings(max_examples=50)
def test_the_interval_is_that_of_clopper_and_pearson(share: tuple[int, int]) -> None:
    hits, tries = share
    low = beta.ppf(0.025, hits, tries - hits + 1) if hits else 0.0
    high = beta.ppf(0.975, hits + 1, tries - hits) if hits < tries else 1.0
    assert exact_interval(hits, tries) == pytest.approx((low, high), abs=1e-9)


def test_the_interval_worked_by_hand() -> None:
    # Nothing in 400 tries: (1 - p)^400 = 0.025 where p is 0.92 %.
    assert exact_interval(0, 400) == pytest.approx((0, 0.009180), abs=1e-6)
    assert exact_interval(400, 400) == pytest.approx((0.990820, 1), abs=1e-6)
    assert exact_interval(0, 0) == (0, 1)


@pytest.mark.parametrize("share", [(-1, 5), (6, 5)])
def test_what_is_no_share_is_refused(share: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        exact_interval(*share)
