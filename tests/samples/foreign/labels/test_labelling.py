"""Source, label file and rules label one imported call together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from coefgate.core.vocabulary import Deliverable
from coefgate.registry.labels import LabelRule
from coefgate.samples.foreign.call import ForeignCall
from coefgate.samples.foreign.labels.label import Label
from coefgate.samples.foreign.labels.labelling import labeller, labels_of_source
from coefgate.samples.foreign.labels.sidecar import LabelSidecar, read_label_sidecar

RULES = (
    LabelRule(category="tests", every_path=("tests/**",)),
    LabelRule(category="refactoring", words=("refactor",)),
    LabelRule(complexity="low", files_to=1, bytes_to=100),
    LabelRule(complexity="high", files_from=2),
)
FILES = (Deliverable("tests/test_a.py", "modify", 100),)


def call(**facts: Any) -> ForeignCall:
    return ForeignCall(line=1, unit="call", actual_output_tokens=900, **facts)


@pytest.fixture
def sidecar(tmp_path: Path) -> LabelSidecar:
    file = tmp_path / "labels.csv"
    file.write_text("phase_id,run_id,category,complexity\np1,,documentation,\n,r1,,high\n")
    return read_label_sidecar(file)


def test_a_source_alone() -> None:
    assert labels_of_source(call(category="x", complexity="low"), ()) == Label(
        "x", "low", "logged"
    )
    assert labels_of_source(call(complexity="low"), ()) == Label(None, "low", "logged")
    assert labels_of_source(call(), FILES) == Label()


def test_rules_fill_what_nobody_states(sidecar: LabelSidecar) -> None:
    label = labeller(RULES, sidecar, aliases={"documentation": "docs"})
    assert label(call(), FILES) == Label("tests", "low", "rule")
    assert label(call(phase_id="p1"), FILES) == Label("documentation", "low", "rule")
    assert label(call(run_id="r1", category="docs"), FILES) == Label("docs", "high", "declared")
    assert label(call(branch="refactor/x"), (*FILES, Deliverable("a.py"))) == (
        "refactoring",
        "high",
        "rule",
    )
    assert label(call(paths="partial"), FILES) == Label()


def test_source_and_label_file_may_use_two_names_of_one_category(sidecar: LabelSidecar) -> None:
    stated = call(phase_id="p1", category="docs")
    label = labeller(sidecar=sidecar, aliases={"documentation": "docs", "docs": "docs"})
    assert label(stated, FILES) == Label("docs", None, "logged")
    assert labeller(sidecar=sidecar)(stated, FILES) is None


def test_labels_that_contradict_each_other_are_none(sidecar: LabelSidecar) -> None:
    label = labeller(RULES, sidecar)
    assert label(call(run_id="r1", complexity="low"), FILES) is None
    assert label(call(phase_id="p1", category="tests"), FILES) is None
