"""What monitoring is held to: stated, left out, or without any file."""

from __future__ import annotations

import shutil
from dataclasses import fields, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from coefgate.core.trees import FolderTree
from coefgate.registry.guardrails import (
    DEFAULTS,
    PLACES,
    Guardrails,
    are_stated,
    guardrails_of,
    threshold_name,
)
from coefgate.registry.model import Coefficients
from coefgate.registry.reading import read_registry
from coefgate.registry.schemas import load_schema, shipped

FIXTURES = Path(__file__).parents[2] / "schemas" / "fixtures" / "valid"
FILE = "coefficients/guardrails.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(FIXTURES / "coefficients" / "minimal", tmp_path / "coefficients")
    return tmp_path


def _read(root: Path, text: str) -> Coefficients:
    (root / FILE).write_text(text)
    return read_registry(FolderTree(root))


def test_without_a_file_the_defaults_hold(root: Path) -> None:
    (root / FILE).unlink(missing_ok=True)
    registry = read_registry(FolderTree(root))
    assert guardrails_of(registry) == Guardrails()
    assert not are_stated(registry)
    assert {one.file for one in registry.guardrails.values()} == {FILE}


def test_every_field_has_its_place() -> None:
    assert set(PLACES) == {one.name for one in fields(Guardrails)}
    assert len(set(PLACES.values())) == len(PLACES)


def test_the_defaults_are_those_of_the_plan() -> None:
    defaults = Guardrails()
    assert defaults.underestimated_above == Fraction(12, 10)
    assert defaults.overestimated_above == 4
    assert defaults.smape_above == 100
    assert defaults.rollback_truncation_rate_above == Fraction(1, 10)
    # One steady year of 52 windows: at most 5 false alarms in 100.
    assert 1 - (1 - defaults.drift_p_below) ** 52 < Fraction(5, 100)


def test_what_is_stated_counts_and_the_rest_has_its_default(root: Path) -> None:
    registry = _read(
        root,
        "min_calls: 20\nlimits:\n  waste_p75_to: 1.75\nrollback: {truncation_rate_above: 0}\n",
    )
    assert guardrails_of(registry) == replace(
        Guardrails(),
        min_calls=20,
        waste_p75_to=Fraction(7, 4),
        rollback_truncation_rate_above=Fraction(0),
    )
    assert are_stated(registry)
    stated = {name: one.line for name, one in registry.guardrails.items() if one.stated}
    assert stated == {
        "guardrails.min_calls": 1,
        "guardrails.limits.waste_p75_to": 3,
        "guardrails.rollback.truncation_rate_above": 4,
    }
    # A left-out key stands in its section, or at the top.
    assert registry.guardrails["guardrails.limits.waste_p90_to"].line == 2
    assert registry.guardrails["guardrails.drift.p_below"].line == 1


def test_a_window_of_days_has_no_effect(root: Path) -> None:
    assert guardrails_of(_read(root, "window_days: 30\n")) == Guardrails()


def test_every_field_is_a_key_of_the_schema_with_its_default_as_the_example() -> None:
    schema = load_schema("guardrails")
    found: dict[tuple[str, ...], Any] = {}
    for key, part in schema["properties"].items():
        for inner, one in part.get("properties", {key: part}).items():
            place = (key, inner) if "properties" in part else (key,)
            if "acknowledge" not in place and "window_days" not in place:
                found[place] = Fraction(str(one["examples"][0]))
    assert found == dict(DEFAULTS)


@pytest.mark.parametrize("name", [*PLACES])
def test_every_threshold_can_be_acknowledged_beside_it(name: str) -> None:
    beside = load_schema("guardrails")["properties"]
    for section in PLACES[name][:-1]:
        beside = beside[section]["properties"]
    assert PLACES[name][-1] in beside["acknowledge"]["properties"]


def test_a_new_registry_states_the_defaults(root: Path) -> None:
    text = shipped("templates", "registry/guardrails.yaml").read_text("utf-8")
    registry = _read(root, text)
    assert guardrails_of(registry) == Guardrails()
    assert all(one.stated for one in registry.guardrails.values())


def test_names_of_thresholds() -> None:
    assert threshold_name("drift_p_below") == "guardrails.drift.p_below"
    assert threshold_name("quiet_hours") == "guardrails.quiet_hours"
    assert threshold_name("smape_above") == "guardrails.call.smape_above"
