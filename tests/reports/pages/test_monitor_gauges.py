"""Gauges of a monitor: read by Prometheus' own parser; the rules of the example ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import isnan
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from coefgate.reports.pages.monitor_gauges import monitor_gauges
from coefgate.reports.render.prometheus import prometheus_text
from coefgate.telemetry.status import StoreTotals
from coefgate.use_cases.monitoring.monitor import Monitored, monitor
from tests.frozen_registry import BY_HAND
from tests.repository_files import ROOT
from tests.use_cases.monitoring.cut_off import NOW, ODD, cut_off_store

Samples = dict[str, list[tuple[dict[str, str], float]]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Monitored:
    store = cut_off_store(tmp_path_factory.mktemp("gauges") / "t.db")
    return monitor(BY_HAND, store, now=NOW)


def samples_of(found: Monitored) -> Samples:
    read: Samples = {}
    for family in text_string_to_metric_families(f"{prometheus_text(monitor_gauges(found))}\n"):
        assert (family.type, bool(family.documentation)) == ("gauge", True)
        for one in family.samples:
            read.setdefault(one.name, []).append((one.labels, one.value))
    return read


@pytest.fixture(scope="module")
def samples(found: Monitored) -> Samples:
    return samples_of(found)


def value(samples: Samples, name: str, **labels: str) -> float:
    (found,) = (value for said, value in samples[name] if said == labels)
    return found


def test_the_run_the_store_and_the_coefficients(found: Monitored, samples: Samples) -> None:
    ((info, one),) = samples["coefgate_registry_info"]
    assert (info["digest"], one) == (found.state.digest, 1)
    assert value(samples, "coefgate_monitor_timestamp_seconds") == NOW / 1_000_000
    assert value(samples, "coefgate_store_records") == 100
    last = value(samples, "coefgate_store_last_record_timestamp_seconds")
    assert last == found.totals.last_finished_at / 1_000_000  # type: ignore[operator]
    assert value(samples, "coefgate_week_records", weeks_ago="1") == 100
    assert value(samples, "coefgate_week_records", weeks_ago="0") == 0
    assert samples["coefgate_monitor_answer"] == [
        ({"answer": "fine"}, 0),
        ({"answer": "cannot-tell"}, 0),
        ({"answer": "alert"}, 1),
    ]


def test_an_alarm_with_its_figure_limit_and_calls(samples: Samples) -> None:
    week = {"alarm": "truncation-rate", "weeks_ago": "1"}
    assert value(samples, "coefgate_alarm_figure", **week) == 0.2
    assert value(samples, "coefgate_alarm_limit", **week) == 0.05
    assert value(samples, "coefgate_alarm_calls", **week) == 100
    low = value(samples, "coefgate_alarm_figure_low", **week)
    assert low < 0.2 < value(samples, "coefgate_alarm_figure_high", **week)
    assert value(samples, "coefgate_alarm_answer", **week, answer="alert") == 1
    assert value(samples, "coefgate_alarm_answer", **week, answer="fine") == 0


def test_each_alarm_has_one_answer(samples: Samples) -> None:
    answers: dict[tuple[tuple[str, str], ...], float] = {}
    for labels, one in samples["coefgate_alarm_answer"]:
        key = tuple(sorted((name, said) for name, said in labels.items() if name != "answer"))
        answers[key] = answers.get(key, 0) + one
    assert set(answers.values()) == {1}


def values_told(found: Monitored) -> set[str | None]:
    return {labels.get("value") for labels, _ in samples_of(found)["coefgate_alarm_answer"]}


def test_names_that_others_chose_are_read_as_they_are(found: Monitored) -> None:
    (told, *_) = (one for one in found.alarms if one.alarm.value == "docs")
    odd = replace(told, alarm=replace(told.alarm, value=ODD))
    assert ODD in values_told(replace(found, alarms=(odd,)))


def test_a_stratum_of_too_few_calls_makes_no_series(found: Monitored) -> None:
    assert ODD in {one.alarm.value for one in found.alarms}
    assert ODD not in values_told(found)
    assert "docs" in values_told(found)


def test_a_figure_that_is_not_known_is_left_out(samples: Samples) -> None:
    assert not any(isnan(one) for figures in samples.values() for _, one in figures)
    assert len(samples["coefgate_alarm_figure_low"]) < len(samples["coefgate_alarm_answer"]) / 3


def test_of_alarms_with_the_same_labels_the_gravest_is_told(found: Monitored) -> None:
    (told, *_) = (one for one in found.alarms if one.alarm.answer == "alert")
    fine = replace(told, alarm=replace(told.alarm, answer="fine"))
    once = samples_of(replace(found, alarms=(fine, told)))
    assert once == samples_of(replace(found, alarms=(told,)))


def test_an_empty_store_has_no_last_record(found: Monitored) -> None:
    empty = samples_of(replace(found, totals=StoreTotals(0, None)))
    assert "coefgate_store_last_record_timestamp_seconds" not in empty
    assert value(empty, "coefgate_store_records") == 0


# --- The rules of the example

RULES = yaml.safe_load((ROOT / "examples/prometheus/alerts.yaml").read_text("utf-8"))


def rules() -> list[dict[str, Any]]:
    return [rule for group in RULES["groups"] for rule in group["rules"]]


def selectors(expression: Any) -> Iterator[promql_parser.VectorSelector]:
    found: list[promql_parser.VectorSelector] = []

    def visit(one: Any) -> bool:
        if isinstance(one, promql_parser.VectorSelector):
            found.append(one)
        return True

    promql_parser.walk(expression, visit)
    yield from found


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_a_rule_asks_for_what_is_written(rule: dict[str, Any], samples: Samples) -> None:
    asked = list(selectors(promql_parser.parse(rule["expr"])))
    assert asked
    for one in asked:
        written = samples[str(one.name)]
        for matcher in one.matchers.matchers:
            assert any(matcher.value == labels[matcher.name] for labels, _ in written), (
                matcher.name
            )
    assert {*rule} <= {"alert", "expr", "for", "labels", "annotations"}
    assert {"summary", "description"} == {*rule["annotations"]}
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_every_rule_has_a_name_of_its_own() -> None:
    assert len({rule["alert"] for rule in rules()}) == len(rules()) > 0
