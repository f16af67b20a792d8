"""``gates.yaml`` becomes limits, thresholds that know where they stand, and answers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from coefgate.core.trees import FolderTree
from coefgate.registry.assembly import gates_of
from coefgate.registry.model import Acknowledgement, Gates, ListAnswer, RelativeLimits
from coefgate.registry.reading import read_registry
from coefgate.registry.yaml_reader import strict_document

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "schemas" / "fixtures" / "valid" / "gates"

# What a file of the version before has: four rules, and nothing that compares.
FORMER = (FIXTURES / "full.yaml").read_text("utf-8")

WHERE = {
    "rules.smape.mean_below": ("higher", 2),
    "rules.underestimation.rate_below": ("higher", 3),
    "rules.waste-band.median_from": ("lower", 4),
    "rules.waste-band.median_to": ("higher", 4),
    "rules.waste-p90.p90_to": ("higher", 5),
    "rules.stratum-regression.misses_from": ("higher", 6),
    "rules.stratum-regression.smape_rise_above": ("higher", 6),
    "rules.stratum-regression.sign_test_below": ("lower", 6),
    "rules.stratum-regression.phases_from": ("either", 6),
    "rules.flattered.better_by_above": ("higher", 7),
    "rules.swing.factor_from": ("higher", 8),
    "coverage_aims.categories": ("lower", 14),
    "coverage_aims.each_complexity": ("lower", 15),
    "coverage_aims.five_or_more_deliverables": ("lower", 16),
    "coverage_aims.eligible_samples.from": ("lower", 13),
    "coverage_aims.eligible_samples.to": ("lower", 13),
}
COMPARING = ("rules.stratum-regression.", "rules.flattered.", "rules.swing.")


def _gates(text: str) -> Gates:
    document = strict_document(text.encode(), "coefficients/gates.yaml")
    return gates_of(document)


def _fixture(name: str) -> Gates:
    return _gates((FIXTURES / f"{name}.yaml").read_text("utf-8"))


# --- Thresholds


def test_every_threshold_knows_its_direction_and_its_line() -> None:
    thresholds = _fixture("comparing-rules").thresholds
    assert {one.name: (one.looser, one.line) for one in thresholds.values()} == WHERE
    assert all(name == one.name for name, one in thresholds.items())


def test_a_file_of_the_version_before_has_the_defaults_on_the_line_of_the_rules() -> None:
    gates = _gates(f"# What must be reached.\n\n{FORMER}")
    assert gates.relative == RelativeLimits()
    assert gates.when_base_misses == "require-no-worse"
    assert (gates.flattered, gates.acknowledged) == ((), {})
    left_out = {name: one for name, one in gates.thresholds.items() if name.startswith(COMPARING)}
    assert {one.line for one in left_out.values()} == {3}
    assert {name: one.value for name, one in left_out.items()} == {
        "rules.stratum-regression.misses_from": 2,
        "rules.stratum-regression.smape_rise_above": 5,
        "rules.stratum-regression.sign_test_below": Fraction(1, 10),
        "rules.stratum-regression.phases_from": 5,
        "rules.flattered.better_by_above": 5,
        "rules.swing.factor_from": 2,
    }
    assert gates.thresholds["rules.waste-p90.p90_to"].line == 7
    assert gates.lines == {
        "smape": 4,
        "underestimation": 5,
        "waste-band": 6,
        "waste-p90": 7,
        "stratum-regression": 3,
        "flattered": 3,
        "swing": 3,
        "scope.models": 9,
        "scope.observed_since": 10,
        "scope.deliverables_from": 8,
        "when_base_misses": 3,
    }


def test_the_lines_of_what_is_written() -> None:
    gates = _fixture("comparing-rules")
    assert gates.lines == {
        "smape": 2,
        "underestimation": 3,
        "waste-band": 4,
        "waste-p90": 5,
        "stratum-regression": 6,
        "flattered": 7,
        "swing": 8,
        "scope.models": 10,
        "scope.observed_since": 11,
        "scope.deliverables_from": 9,
        "when_base_misses": 17,
    }


def test_what_is_written_is_what_the_comparing_rules_ask() -> None:
    rules = """\
  stratum-regression:
    {misses_from: 3, smape_rise_above: 0.1, sign_test_below: 0.05, phases_from: 7}
  flattered: {better_by_above: 2.5}
  swing: {factor_from: 1.25}
scope:
"""
    gates = _gates(FORMER.replace("scope:\n", rules))
    assert gates.relative == RelativeLimits(
        stratum_misses_from=3,
        stratum_smape_rise_above=Fraction(1, 10),
        stratum_sign_test_below=Fraction(1, 20),
        stratum_phases_from=7,
        flattered_better_by_above=Fraction(5, 2),
        swing_factor_from=Fraction(5, 4),
    )
    values = [one.value for name, one in gates.thresholds.items() if name.startswith(COMPARING)]
    assert values == [3, Fraction(1, 10), Fraction(1, 20), 7, Fraction(5, 2), Fraction(5, 4)]


def test_the_registry_of_this_repository_writes_the_defaults() -> None:
    text = (ROOT / "coefficients" / "gates.yaml").read_text("utf-8")
    assert all(f"  {name}: {{" in text for name in ("stratum-regression", "flattered", "swing"))
    gates = _gates(text)
    assert gates.relative == RelativeLimits()
    assert gates.when_base_misses == "require-no-worse"
    # The README and the pages show these lines.
    rules = ("smape", "underestimation", "waste-band", "waste-p90")
    assert [gates.lines[rule] for rule in rules] == [4, 5, 6, 7]


# --- Answers


def _acknowledged(gates: Gates) -> dict[str, tuple[float, float]]:
    return {
        name: (float(one.acknowledge.previous), float(one.acknowledge.current))
        for name, one in gates.thresholds.items()
        if one.acknowledge
    }


def test_an_answer_belongs_to_the_threshold_that_it_names() -> None:
    assert _acknowledged(_fixture("acknowledged")) == {
        "rules.smape.mean_below": (45, 50),
        "rules.waste-band.median_to": (1.4, 1.5),
    }
    assert _acknowledged(_fixture("acknowledged-comparing-rules")) == {
        "rules.stratum-regression.sign_test_below": (0.1, 0.2),
        "rules.stratum-regression.phases_from": (5, 4),
        "rules.swing.factor_from": (2, 1.5),
    }
    assert _acknowledged(_fixture("acknowledged-scope-and-aims")) == {
        "coverage_aims.categories": (9, 8),
        "coverage_aims.eligible_samples.from": (40, 30),
    }


def test_an_answer_carries_its_reason() -> None:
    threshold = _fixture("comparing-rules").thresholds["rules.flattered.better_by_above"]
    assert threshold.acknowledge == Acknowledgement(Fraction(4), Fraction(5), "noise")


def test_what_is_no_number_is_acknowledged_by_its_name() -> None:
    assert _fixture("acknowledged-scope-and-aims").acknowledged == {
        "scope.models": Acknowledgement(None, ("claude-*",), "other models are served elsewhere"),
        "scope.observed_since": Acknowledgement(
            None, "2025-12-01", "older calls had another prompt"
        ),
        "when_base_misses": Acknowledgement(
            "require-pass", "require-no-worse", "the base misses one"
        ),
    }
    back = _fixture("acknowledged-day-in-scope-taken-back").acknowledged
    assert {name: (one.previous, one.current) for name, one in back.items()} == {
        "scope.models": (("b", "a"), None),
        "scope.observed_since": ("2025-12-01", None),
    }


def test_answers_for_samples_name_a_file_or_a_retirement() -> None:
    assert _fixture("flattered").flattered == (
        ListAnswer("samples/autopack/2026-01-05-0a1b2c3d.jsonl", "all calls of a week", 15),
        ListAnswer("samples/retired.yaml#0123456789abcdef0123456789abcdef", "told twice", 16),
    )


def test_answers_for_corrections_name_the_new_line() -> None:
    assert _fixture("corrected").corrected == (
        ListAnswer("0123456789abcdef0123456789abcdef", "the log names another phase", 15),
        ListAnswer("00000000000000000000000000000001", "counted twice", 16),
    )


# --- The other files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    source = ROOT / "schemas" / "fixtures" / "valid" / "coefficients" / "minimal"
    for file in source.rglob("*.yaml"):
        copy = tmp_path / "coefficients" / file.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    return tmp_path


def _write(root: Path, file: str, text: str) -> None:
    (root / "coefficients" / file).write_text(text, "utf-8")


def _text(root: Path, file: str) -> str:
    return (root / "coefficients" / file).read_text("utf-8")


def test_a_registry_without_answers_has_none(root: Path) -> None:
    registry = read_registry(FolderTree(root))
    assert registry.acknowledge_rules is None
    assert registry.acknowledge_applies_to is None
    assert all(category.acknowledge is None for category in registry.categories.values())


def test_aliases_are_acknowledged_beside_their_category(root: Path) -> None:
    answer = "acknowledge: {from: [], to: [documentation], reason: logged so}\n"
    _write(root, "overhead/docs.yaml", f"# A.\n{answer}{_text(root, 'overhead/docs.yaml')}")
    registry = read_registry(FolderTree(root))
    docs, tests = registry.categories["docs"], registry.categories["tests"]
    assert docs.acknowledge == Acknowledgement((), ("documentation",), "logged so")
    assert docs.file == "coefficients/overhead/docs.yaml"
    lines = _text(root, "overhead/docs.yaml").splitlines()
    assert lines[docs.line - 1].startswith("aliases:")
    assert (tests.acknowledge, tests.line) == (None, 1)


def test_a_category_without_aliases_stands_where_its_name_does(root: Path) -> None:
    text = _text(root, "overhead/tests.yaml")
    assert "aliases" not in text
    name, rest = text.split("\n", 1)
    _write(root, "overhead/tests.yaml", f"{rest}{name}\n")
    assert read_registry(FolderTree(root)).categories["tests"].line == len(text.splitlines())


def test_path_rules_are_acknowledged_by_their_fingerprint(root: Path) -> None:
    before = read_registry(FolderTree(root)).path_rules_fingerprint
    _write(root, "file_kinds.yaml", _text(root, "file_kinds.yaml").replace("*.py", "*.pyx"))
    after = read_registry(FolderTree(root)).path_rules_fingerprint
    assert before != after
    answer = f'acknowledge: {{from: "{before}", to: "{after}", reason: no call has such a path}}\n'
    _write(root, "file_kinds.yaml", _text(root, "file_kinds.yaml") + answer)
    registry = read_registry(FolderTree(root))
    assert registry.acknowledge_rules == Acknowledgement(before, after, "no call has such a path")
    assert registry.path_rules_fingerprint == after


def test_the_models_of_a_registry_are_acknowledged_by_name(root: Path) -> None:
    answer = "acknowledge: {applies_to: {from: [gpt-*], to: [claude-*], reason: another fleet}}\n"
    _write(root, "registry.yaml", answer + _text(root, "registry.yaml"))
    registry = read_registry(FolderTree(root))
    assert registry.acknowledge_applies_to == Acknowledgement(
        ("gpt-*",), ("claude-*",), "another fleet"
    )
    assert (
        _text(root, "registry.yaml")
        .splitlines()[registry.lines["applies_to"] - 1]
        .startswith("applies_to:")
    )
