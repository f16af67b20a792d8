"""Facts that are stated once hold for a whole file, and are held against the schema."""

from __future__ import annotations

import pytest

from coefgate.core.problems import Problem, UsageProblem
from coefgate.samples.facts import stated_facts, with_the_option


def test_a_fact_is_of_the_type_that_its_field_has() -> None:
    texts = ["unit=call", "run_id=12", "attempt=12", "success=true", "model=null", "reference=a=b"]
    assert stated_facts(texts) == {
        "unit": "call",
        "run_id": "12",
        "attempt": 12,
        "success": True,
        "model": "null",
        "reference": "a=b",
    }
    assert stated_facts([]) == {}
    assert stated_facts(["unit=call", "unit=call"]) == {"unit": "call"}


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        (["path=real"], r"path is not a field that all calls may share\. Did you mean paths\?"),
        (
            ["zzzz=1"],
            "zzzz is not a field that all calls may share. Fields are origin, reference,",
        ),
        (["id=0"], "id is not a field"),
        (["format=2"], "format is not a field"),
        (["deliverables=[]"], "deliverables is not a field"),
        (["unit"], "unit without a value is not a fact: it is call or turn"),
        (["unit=calls"], "unit=calls is not a fact: it is call or turn"),
        (["attempt=one"], "attempt=one is not a fact: an attempt is an integer from 1"),
        (["attempt=1.0"], "attempt=1.0 is not a fact"),
        (["success=1"], "success=1 is not a fact"),
        (["model=x\udcff"], r"model=x\\udcff is not a fact: it is a text of one line"),
        (["attempt=\udcff"], r"attempt=\\udcff is not a fact"),
        (
            ["origin=My Agent"],
            "origin=My Agent is not a fact: an origin is named by small letters",
        ),
        (["unit=call", "unit=turn"], "unit is stated twice, and not the same"),
    ],
)
def test_what_is_no_fact_is_told(texts: list[str], told: str) -> None:
    with pytest.raises(UsageProblem, match=told):
        stated_facts(texts)


def test_other_problems_are_told_as_they_are() -> None:
    for path, code in (("unit", "unknown-value"), ("model", "missing-key"), ("", "syntax")):
        problem = Problem("f", 1, 1, path, code, "found", "allowed", "fix")
        assert with_the_option(problem) is problem
