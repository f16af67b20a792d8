"""``coefgate samples plan``: what to collect next, on a real registry and on one without calls."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from coefgate.reports.pages.collection_plan import collection_plan_page
from coefgate.reports.pages.collection_plan_document import collection_plan_dict
from coefgate.reports.render.markdown import markdown
from coefgate.samples.model import fields_of
from coefgate.use_cases.coverage import coverage
from coefgate.use_cases.plan_samples import PlannedSamples, plan_samples
from tests.end_to_end.conftest import SHIPPED, Coefgate
from tests.end_to_end.stored_calls import add, is_eligible, stored


@pytest.fixture(scope="module")
def planned() -> PlannedSamples:
    """That of the shipped registry: it takes a second or two, since all is fitted."""
    return plan_samples(SHIPPED)


def test_of_a_real_registry(planned: PlannedSamples) -> None:
    plan, cells = collection_plan_dict(planned), coverage(SHIPPED).coverage.cells
    names = ("category", "complexity", "samples", "censored", "phases")
    assert sorted(tuple(one[name] for name in names) for one in plan["cells"]) == sorted(
        (one.category, one.complexity, one.calls.samples, one.calls.censored, one.calls.phases)
        for one in cells
    )
    helps = [one["numbers"]["helps"] for one in plan["cells"]]
    assert helps == sorted(helps, reverse=True)
    assert plan["measured_on"] == "unseen_run"
    assert plan["phases_by_misses"] == [29, 46, 61]
    for one in plan["cells"]:
        rate = one["underestimation"]
        assert rate["phases_to_an_interval"] == max(10 - one["phases"], 0)
        within = {each["metric"] for each in rate["within_interval"]}
        assert within <= set(rate["undecided"])
        assert rate["rate_ahead"] == ("own" if one["phases"] >= 10 else "all")


def test_what_is_said_of_it(planned: PlannedSamples) -> None:
    said = " ".join(markdown(collection_plan_page(planned)).split())
    assert "What to collect next, that first which helps most" in said
    assert "29 phases without a miss show underestimation below 10.0%, at 95%" in said
    assert "The numbers of each cell" in said
    assert "missed, by predictions of unseen runs; not decided:" in said
    assert "decided by single cells:" in said
    assert "Limits within the interval of a figure" in said


def test_of_a_registry_without_calls(coefgate: Coefgate, registry: Path) -> None:
    shutil.rmtree(registry / "samples")
    (registry / "samples").mkdir()
    found = coefgate("samples", "plan")
    assert found.code == 0, found.err
    assert "no complete call is scored yet" in found.out
    assert "Aims of gates.yaml that are not met" in found.out
    plan = json.loads(coefgate("samples", "plan", "--format", "json").out)
    assert plan["measured_on"] is None
    assert {one["numbers"] for one in plan["cells"]} == {None}
    assert plan["cells"][0]["underestimation"]["more_to_show_below_limit"] == {
        "without_miss": {"phases": 29, "calls": 29},
        "at_rate": None,
    }
    narrow = coefgate("samples", "plan", "--width", "0.1", "--format", "json")
    for found_plan, phases in ((plan, 17), (json.loads(narrow.out), 36)):
        # 0.025^(1/17) is 0.805; 0.025^(1/35) is 0.8999 and 0.025^(1/36) 0.9026.
        more = found_plan["cells"][0]["underestimation"]["more_to_width"]
        assert more["without_miss"]["phases"] == phases


def test_a_width_is_told_as_exactly_as_it_was_asked_for(coefgate: Coefgate) -> None:
    for width, told in (("0.001", "±0.05%"), ("0.2", "±10.0%"), ("0.015", "±0.75%")):
        assert f"{told}\n" in coefgate("samples", "plan", "--width", width).out


def test_of_a_single_call(coefgate: Coefgate, registry: Path) -> None:
    [like, *_] = stored(registry, is_eligible)
    shutil.rmtree(registry / "samples")
    add(registry, [fields_of(like)])
    said = " ".join(coefgate("samples", "plan").out.split())
    # Its rate says nothing of others yet.
    shown = "underestimation below 10.0% is shown by 28 more phases without a miss decided by"
    assert shown in said
    assert "unknown unknown" in said


def test_where_nothing_is_fitted(coefgate: Coefgate) -> None:
    found = coefgate("samples", "plan")  # of coefficients that were set by hand
    assert found.code == 0, found.err
    assert "nothing is fitted here, so cells stand in the order of their phases" in found.out


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("0.6", "underestimation below 60.0% is shown"),
        ("0.0001", "no number of phases up to 10,000 shows underestimation below 0.01%"),
    ],
)
def test_of_other_limits(limit: str, said: str, registry: Path, coefgate: Coefgate) -> None:
    gates = registry / "coefficients/gates.yaml"
    text = gates.read_text("utf-8")
    assert "rate_below: 0.10" in text
    gates.write_text(text.replace("rate_below: 0.10", f"rate_below: {limit}"), "utf-8")
    found = coefgate("samples", "plan")
    assert found.code == 0, found.err
    assert said in " ".join(found.out.split())


@pytest.mark.parametrize(
    "option",
    [("--width", "nan"), ("--width", "1"), ("--width", "0"), ("--factor", "1"), ("--factor", "x")],
)
def test_what_cannot_be_asked_for(coefgate: Coefgate, option: tuple[str, str]) -> None:
    found = coefgate("samples", "plan", *option)
    assert (found.code, found.out) == (2, "")
    assert f"{option[0]} {option[1]}: it is a number above" in found.err
