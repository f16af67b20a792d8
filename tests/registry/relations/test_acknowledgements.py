"""Acknowledgements: which are stale, what they never move, and the forms that the page shows."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.problems import Problem
from coefgate.core.trees import FolderTree
from coefgate.registry.compilation import snapshot
from coefgate.registry.document_set import Documents
from coefgate.registry.reading import read_registry
from coefgate.registry.relations import relation_problems
from coefgate.registry.schemas import schema_problems
from coefgate.registry.yaml_reader import read_document

ROOT = Path(__file__).parents[3]
VALID = ROOT / "schemas" / "fixtures" / "valid"
PAGE = (ROOT / "docs" / "reference" / "acknowledgements.md").read_text("utf-8")


def _problems(name: str, text: str) -> list[Problem]:
    folder = "overhead/docs" if name == "overhead" else name
    file = f"coefficients/{folder}.yaml"
    document, problems = read_document(text.encode(), file)
    assert document is not None
    documents = Documents({file: document})
    return [*problems, *schema_problems(document, name), *relation_problems(documents)]


# --- One mistake, one message

_OVERHEAD = """\
category: docs
aliases: {aliases}
overhead:
  low:
    tokens: {tokens}
    basis: {{kind: prior, reference: docs/a.md}}
    acknowledge: {{from: 1, to: {to}, reason: a}}
acknowledge: {{from: [], to: {aliases_to}, reason: a}}
"""
_FITTING: Mapping[str, str] = {
    "aliases": "[manual]",
    "tokens": "40",
    "to": "40",
    "aliases_to": "[manual]",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"tokens": '"40"'},
        {"tokens": "true"},
        {"tokens": "null"},
        {"tokens": "[40]"},
        {"to": '"40"'},
        {"to": "null"},
        {"aliases": "null"},
        {"aliases": "manual"},
        {"aliases": "[1]"},
        {"aliases": "{a: b}"},
        {"aliases_to": "null"},
        {"aliases_to": "manual"},
        {"aliases_to": "[null]"},
    ],
    ids=str,
)
def test_a_value_of_a_wrong_type_is_not_called_stale_as_well(wrong: Mapping[str, str]) -> None:
    problems = _problems("overhead", _OVERHEAD.format(**{**_FITTING, **wrong}))
    assert [problem.code for problem in problems] == ["wrong-type"]


@pytest.mark.parametrize(
    "right",
    [{}, {"tokens": "40", "to": "40"}, {"aliases": "[a, b]", "aliases_to": "[b, a]"}],
    ids=str,
)
def test_names_are_compared_as_sets_and_numbers_as_numbers(right: Mapping[str, str]) -> None:
    assert _problems("overhead", _OVERHEAD.format(**{**_FITTING, **right})) == []


@pytest.mark.parametrize(
    ("wrong", "path", "found"),
    [
        ({"to": "41"}, "overhead.low.acknowledge.to", "is 41, and tokens is 40"),
        ({"aliases_to": "[]"}, "acknowledge.to", "is [], and aliases is [manual]"),
        (
            {"aliases_to": "[manual, handbook]"},
            "acknowledge.to",
            "is [manual, handbook], and aliases is [manual]",
        ),
    ],
    ids=str,
)
def test_a_stale_one_says_what_stands_beside_it(
    wrong: Mapping[str, str], path: str, found: str
) -> None:
    (problem,) = _problems("overhead", _OVERHEAD.format(**{**_FITTING, **wrong}))
    assert (problem.code, problem.path, problem.found) == ("stale-acknowledgement", path, found)
    assert "remove it" in problem.fix


@given(st.lists(st.text(min_size=1, max_size=80), max_size=30, unique=True))
def test_a_long_or_odd_list_stays_one_readable_line(names: list[str]) -> None:
    odd = yaml.safe_dump(names, default_flow_style=True, width=10**6, allow_unicode=False).strip()
    file = "coefficients/overhead/docs.yaml"
    document, _ = read_document(_OVERHEAD.format(**{**_FITTING, "aliases_to": odd}).encode(), file)
    for problem in relation_problems(Documents({file: document})):
        assert str(problem).isprintable()
        assert len(str(problem)) < 400


@pytest.mark.parametrize("scope", ["models: {}", "observed_since: {}"])
@pytest.mark.parametrize("answer", ["null", "[claude-*]", '"2025-12-01"', "3"])
def test_a_scope_that_fits_its_type_is_stale_or_fits(scope: str, answer: str) -> None:
    # Beside null, what may stand there is stale; what may not is the schema's to tell.
    key = scope.partition(":")[0]
    text = (VALID / "gates" / "full.yaml").read_text("utf-8")
    step = f"{{from: null, to: {answer}, reason: a}}"
    added = f"  observed_since: null\n  acknowledge: {{{key}: {step}}}\n"
    codes = [
        problem.code
        for problem in _problems("gates", text.replace("  observed_since: null\n", added))
    ]
    may = {"models": "[claude-*]", "observed_since": '"2025-12-01"'}[key]
    expected = {"null": [], may: ["stale-acknowledgement"]}.get(answer, ["wrong-type"])
    assert codes == expected


def test_the_same_answer_is_found_wherever_it_stands() -> None:
    text = (VALID / "gates" / "full.yaml").read_text("utf-8")
    answers = "{file: samples/a/b.jsonl, reason: a}, {file: samples/a/c.jsonl, reason: a}"
    assert _problems("gates", f"{text}flattered: [{answers}]\n") == []
    again = _problems("gates", f"{text}flattered: [{answers}, {answers}]\n")
    assert [(problem.code, problem.path) for problem in again] == [
        ("repeated-answer", "flattered[2].file"),
        ("repeated-answer", "flattered[3].file"),
    ]


# --- The digest


def test_no_answer_and_no_threshold_moves_the_digest(tmp_path: Path) -> None:
    shutil.copytree(VALID / "coefficients" / "minimal", tmp_path / "coefficients")
    tree = FolderTree(tmp_path)
    bare = read_registry(tree)

    def append(file: str, text: str) -> None:
        with (tmp_path / "coefficients" / file).open("a", encoding="utf-8") as opened:
            opened.write(text)

    rules = bare.path_rules_fingerprint
    append("overhead/docs.yaml", "acknowledge: {from: [], to: [documentation], reason: a}\n")
    append("file_kinds.yaml", f'acknowledge: {{from: "0123456789ab", to: "{rules}", reason: a}}\n')
    append(
        "registry.yaml", "acknowledge: {applies_to: {from: [gpt-*], to: [claude-*], reason: a}}\n"
    )
    for fixture in sorted((VALID / "gates").glob("*.yaml")):
        shutil.copy(fixture, tmp_path / "coefficients" / "gates.yaml")
        full = read_registry(tree)
        assert full != bare, fixture.name
        assert snapshot(full).digest == snapshot(bare).digest, fixture.name


# --- The page

FORMS = re.findall(r"^\| (.+?) \| .+? \| `(.+)` \|$", PAGE, re.MULTILINE)


def test_the_page_has_a_form_for_everything() -> None:
    assert len(FORMS) == 16
    assert all("reason: " in form for _, form in FORMS)


@pytest.mark.parametrize(("about", "form"), FORMS, ids=[about for about, _ in FORMS])
def test_a_form_of_the_page_is_accepted(about: str, form: str) -> None:
    name, content = _with(about, yaml.safe_load(form))
    assert _problems(name, json.dumps(content)) == []


def _with(about: str, form: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The document of a form of the page, after the step that the form acknowledges."""
    if about.startswith("one number"):
        content = _valid("overhead", "one-complexity-without-aliases")
        (value,) = content["overhead"].values()
        value.update(form, tokens=form["acknowledge"]["to"])
        return "overhead", content
    if about.startswith("aliases"):
        aliases = form["acknowledge"]["to"]
        return "overhead", _valid("overhead", "one-complexity-without-aliases") | form | {
            "aliases": aliases
        }
    if about.startswith("path rules"):
        return "file_kinds", _valid("file_kinds", "acknowledged") | form
    if about.startswith("a guardrail"):
        return "guardrails", _valid("guardrails", "full") | form
    if about.startswith("a version"):
        return "yanked", _valid("yanked", "none") | form
    if about.startswith("the models"):
        models = form["acknowledge"]["applies_to"]["to"]
        return "registry", _valid("registry", "full") | form | {"applies_to": models}
    if about.startswith("the output mode"):
        mode = form["acknowledge"]["output_mode"]["to"]
        return "registry", _valid("registry", "semantics-2") | form | {"output_mode": mode}
    if about.startswith("how the size"):
        content = _valid("marginal_costs", "settings-acknowledged")
        sized = content["marginal_costs"]["modify"]["backend"]["per_kilobyte"]
        sized |= form | {"assumed": form["acknowledge_settings"]["assumed"]["to"]}
        return "marginal_costs", content
    if about.startswith("the order of model rules"):
        globs = form["acknowledge"]["factors"]["to"]
        content = _valid("model_factors", "ends")
        first = content["factors"][0]
        return "model_factors", content | form | {
            "factors": [first | {"models": [glob]} for glob in globs]
        }
    content = _valid("gates", "full")
    if set(form) <= set(content["rules"]):
        content["rules"].update(form)
        return "gates", content
    return "gates", content | form


def _valid(name: str, fixture: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((VALID / name / f"{fixture}.yaml").read_text("utf-8"))
    return content
