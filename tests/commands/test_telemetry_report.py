"""``coefgate telemetry report`` on stores whose calls were invented or written by hand."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from coefgate.commands.cli import run
from coefgate.telemetry.call_table import CallTable
from coefgate.telemetry.store import make_store
from tests.frozen_registry import BY_HAND
from tests.replay.documents import errors
from tests.telemetry.stores import store_with
from tests.telemetry.tables import DIGEST, MONDAY, WEEK, invented, records_of, table_of

OTHER = "b" * 64


def _table() -> CallTable:
    return invented(
        1200,
        np.random.default_rng(1),
        weeks=3,
        digests=(DIGEST, OTHER),
        categories=("tests", "docs", "documentation", "music"),
        models=("claude-sonnet-4-5", "house-model"),
        budget=1.2,
        failed=0.02,
        unfinished=0.02,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    return store_with(tmp_path_factory.mktemp("report") / "telemetry.db", records_of(_table()))


@pytest.fixture(autouse=True)
def _outside_any_registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COEFGATE_STORE", raising=False)


def report(store: str, *arguments: str) -> int:
    return run(["telemetry", "report", "--store", store, *arguments])


def document(capfd: pytest.CaptureFixture[str], store: str, *arguments: str) -> dict[str, Any]:
    assert report(store, "--format", "json", *arguments) == 0
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    assert errors("telemetry_report", found) == []
    return found


def test_every_record_is_told_once(store: str, capfd: pytest.CaptureFixture[str]) -> None:
    found = document(capfd, store)
    assert found["recorded"] == 1200
    for rows in (found["weeks"], *_by_dimension(found).values()):
        assert sum(one["recorded"] for one in rows) == 1200
        for one in rows:
            assert one["scored"] + sum(one["left_out"].values()) == one["recorded"]
    assert found["scored"] + sum(found["left_out"].values()) == 1200
    assert [(one["week"], one["digest"]) for one in found["weeks"]] == [
        ("2026-W48", DIGEST),
        ("2026-W49", DIGEST),
        ("2026-W49", OTHER),
        ("2026-W50", OTHER),
    ]


def _by_dimension(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    by: dict[str, list[dict[str, Any]]] = {}
    for one in found["strata"]:
        by.setdefault(one["dimension"], []).append(one)
    return by


def test_both_databases_say_the_same(
    store: str, postgres_url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    server = store_with(postgres_url, records_of(_table()))
    here, there = (document(capfd, one, "--week", "2026-W49") for one in (store, server))
    assert {**here, "store": ""} == {**there, "store": ""}


def test_the_strata_of_a_week(store: str, capfd: pytest.CaptureFixture[str]) -> None:
    found = document(capfd, store, "--week", "2026-W48", "--by", "model", "--by", "success")
    assert (found["week"], found["recorded"]) == ("2026-W48", 400)
    values = {name: [one["value"] for one in rows] for name, rows in _by_dimension(found).items()}
    assert values["model"] == ["claude-sonnet-4-5", "house-model"]
    assert values["success"] == ["cut off", "failed", "succeeded", "unknown"]
    assert document(capfd, store, "--week", "2026-11-25")["week"] == "2026-W48"


def test_a_registry_gives_aliases_and_samples(
    store: str, capfd: pytest.CaptureFixture[str]
) -> None:
    without = document(capfd, store)
    assert without["registry"] is None
    assert {one["stored"] for one in without["collect"]} == {None}
    found = document(capfd, store, "--registry", str(BY_HAND))
    values = {one["value"] for one in _by_dimension(found)["category"]}
    assert values == {"docs", "music", "tests"}
    assert found["registry"]["revision"] == "worktree"
    stored = {one["cell"]: one["stored"] for one in found["collect"]}
    assert {cell for cell, samples in stored.items() if samples is None} == {
        f"music/{complexity}" for complexity in ("low", "medium", "high")
    }
    phases = [samples["phases"] if samples else 0 for samples in stored.values()]
    assert phases == sorted(phases)
    assert [one["lacks"] for one in found["collect"]] == [max(10 - one, 0) for one in phases]
    assert phases[-1] > 0


def test_money_is_asked_for(store: str, capfd: pytest.CaptureFixture[str]) -> None:
    plain = document(capfd, store)["cut_off"]
    assert (plain["price_source"], {one["dollars"] for one in plain["models"]}) == (None, {None})
    priced = document(capfd, store, "--money")["cut_off"]
    dollars = {one["model"]: (one["tokens"], one["dollars"]) for one in priced["models"]}
    known, unknown = dollars["claude-sonnet-4-5"], dollars["house-model"]
    assert float(known[1]) == pytest.approx(known[0] * 15 / 1e6)
    assert unknown[1] is None
    assert priced["tokens"] == known[0] + unknown[0]
    assert report(store, "--money") == 0
    shown = capfd.readouterr().out
    assert "of 1 model whose price is not known" in shown
    assert "price not known" in shown


def test_money_without_the_package_says_what_to_install(
    store: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    monkeypatch.delitem(sys.modules, "coefgate.telemetry.prices", raising=False)
    assert report(store, "--money") == 5
    assert "install 'genai-prices>=" in capfd.readouterr().err
    assert report(store) == 0


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_people_read(store: str, capfd: pytest.CaptureFixture[str], form: str) -> None:
    assert report(store, "--format", form, "--registry", str(BY_HAND)) == 0
    shown = capfd.readouterr().out
    for said in (
        "1,200 records",
        "never ended",
        "2026-W48",
        "By deliverables",
        "3–4",
        "not declared",
    ):
        assert said in shown
    assert ("SMAPE median" in shown) == (form == "markdown")
    # Complexities stand as the registry declares them.
    rows = shown[shown.index("By complexity") :]
    assert rows.index("low") < rows.index("medium") < rows.index("high")


def test_without_a_record_nothing_reads_as_good(
    store: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    empty = str(tmp_path / "empty.db")
    make_store(empty)
    assert report(empty) == 4
    assert capfd.readouterr().out.startswith("no call was recorded in ")
    assert report(store, "--week", "2026-W01") == 4
    assert capfd.readouterr().out.startswith("no call was recorded in 2026-W01 in ")
    assert report(empty, "--format", "json") == 4
    found = json.loads(capfd.readouterr().out)
    assert errors("telemetry_report", found) == []
    assert (found["recorded"], found["weeks"], found["collect"]) == (0, [], [])


def test_records_that_wait_beside_the_store_are_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = store_with(tmp_path / "spooled.db", records_of(table_of({})))
    spool = tmp_path / "spooled.db-spool"
    spool.mkdir()
    (spool / f"{'1' * 32}.jsonl").write_bytes(b"{}\n{}\n")
    assert document(capfd, path)["waiting_records"] == 2
    assert report(path) == 0
    shown = capfd.readouterr().out
    assert (
        f"2 records beside the store not looked at: coefgate telemetry ingest --store {path}"
        in shown
    )


def test_few_calls_have_no_interval(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    few = store_with(tmp_path / "few.db", records_of(table_of({}, {"actual": 2000})))
    (week,) = document(capfd, few)["weeks"]
    assert week["metrics"]["samples"] == 2
    assert week["intervals"]["smape_mean"] is None
    assert report(few, "--verbose") == 0
    assert "50.0% [n/a]" in capfd.readouterr().out


def test_only_records_that_do_not_count(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows: list[dict[str, Any]] = [{"faulty": True}, {"success": 0, "actual": 0}]
    path = store_with(tmp_path / "none.db", records_of(table_of(*rows)))
    (week,) = document(capfd, path)["weeks"]
    assert (week["metrics"], week["scored"]) == (None, 0)
    assert week["truncation"]["calls"] == 1
    assert report(path) == 0
    assert "No reply was cut off." in capfd.readouterr().out


def test_many_weeks_show_the_last(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    weeks = [{"started_at": MONDAY + at * WEEK} for at in range(32)]
    path = store_with(tmp_path / "many.db", records_of(table_of(*weeks)))
    assert report(path) == 0
    assert "and 26 more: coefgate telemetry report --verbose" in capfd.readouterr().out
    assert report(path, "--verbose") == 0
    shown = capfd.readouterr().out
    assert "2026-W49" not in shown
    assert "and 2 more: coefgate telemetry report --format json" in shown
    assert len(document(capfd, path)["weeks"]) == 32


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--week", "2026-W54"), "2026-W54"),
        (("--by", "mood"), "mood"),
        (("--registry", "nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    store: str, capfd: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert report(store, *arguments) == 2
    captured = capfd.readouterr()
    assert captured.out == ""
    assert said in captured.err


def test_without_a_store_it_says_how_to_make_one(capfd: pytest.CaptureFixture[str]) -> None:
    assert report("none.db") == 5
    assert "coefgate telemetry init" in capfd.readouterr().err
