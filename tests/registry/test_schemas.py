"""The schemas are sound, and every error of theirs tells where, what, and what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from coefgate.core.problems import EnvironmentProblem, Problem
from coefgate.core.vocabulary import CATEGORY_NAME, KIND_NAME
from coefgate.registry import schemas
from coefgate.registry.files import OPTIONAL, REQUIRED
from coefgate.registry.schemas import load_schema, schema_problems, shipped
from coefgate.registry.yaml_reader import read_document, strict_document

ROOT = Path(__file__).parents[2]
NAMES = ("overhead", *REQUIRED, *OPTIONAL, "mapping")


def _problems(text: str, name: str) -> tuple[Problem, ...]:
    document = strict_document(text.encode(), f"{name}.yaml")
    return schema_problems(document, name)


def _subschemas(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        yield path, schema
        for key, part in schema.items():
            if key in {"properties", "$defs"}:
                for name, each in part.items():
                    yield from _subschemas(each, f"{path}/{key}/{name}")
            elif key in {"items", "additionalProperties", "propertyNames", "if", "then"}:
                yield from _subschemas(part, f"{path}/{key}")


# --- The schemas themselves


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_and_described(name: str) -> None:
    schema = load_schema(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["$id"] == f"urn:coefgate:schema:{name}"
    assert schema["title"]
    for path, part in _subschemas(schema):
        if "/if" not in path:
            assert part.get("description") or "$ref" in part or path.endswith("/then"), path
        if part.get("type") == "object":
            assert "additionalProperties" in part, path
        assert not {"anyOf", "oneOf", "not", "patternProperties", "multipleOf", "default"} & set(
            part
        ), path


@pytest.mark.parametrize("name", [*NAMES, "retired", "erased", "sample"])
def test_what_limits_a_value_says_in_words_what_is_allowed(name: str) -> None:
    limits = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "x-decimals"}
    limits |= {"enum", "const", "pattern", "format", "minLength", "maxLength"}
    limits |= {"minItems", "maxItems", "minProperties", "maxProperties"}
    for path, part in _subschemas(load_schema(name)):
        if "/if" not in path and limits & set(part):
            assert part["x-allowed"], path


@pytest.mark.parametrize("name", NAMES)
def test_no_pattern_accepts_a_trailing_line_break(name: str) -> None:
    for path, part in _subschemas(load_schema(name)):
        if "pattern" in part:
            assert part["pattern"].startswith("^"), path
            assert part["pattern"].endswith(r"(?!\n)$"), path


@pytest.mark.parametrize("name", NAMES)
def test_examples_of_a_schema_are_valid(name: str) -> None:
    schema = load_schema(name)
    for path, part in _subschemas(schema):
        for example in part.get("examples", ()):
            resolved = part | {"$defs": schema.get("$defs", {})}
            validator = schemas._validator(name).evolve(schema=resolved)
            assert not list(validator.iter_errors(_exact(example))), path


def _exact(value: Any) -> Any:
    document = strict_document(f"example: {json.dumps(value, default=float)}".encode(), "example")
    return document.data["example"]


def test_a_definition_says_the_same_in_every_schema() -> None:
    first: dict[str, Any] = {}
    for name in NAMES:
        for title, definition in load_schema(name).get("$defs", {}).items():
            assert first.setdefault(title, definition) == definition, (name, title)
    assert first["categoryName"]["pattern"] == rf"^{CATEGORY_NAME.pattern}(?!\n)$"
    assert first["kindName"]["pattern"] == rf"^{KIND_NAME.pattern}(?!\n)$"


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_refers_to_nothing_but_itself(name: str) -> None:
    references = re.findall(
        r'"\$ref": "([^"]*)"', shipped("schemas", f"{name}.schema.json").read_text("utf-8")
    )
    assert all(reference.startswith("#/$defs/") for reference in references)


# --- Messages

_OVERHEAD = """category: docs
overhead:
  low:
    tokens: {tokens}
    basis: {{kind: prior, reference: docs/a.md}}
"""


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        ("-40", "is -40; tokens are integers from 0 to 1,000,000. Did you mean 40?"),
        ("40.0", "is the decimal 40.0; tokens are integers from 0 to 1,000,000. Did you mean 40?"),
        (
            "40.5",
            "is the decimal 40.5; tokens are integers from 0 to 1,000,000. Write an integer.",
        ),
        (
            '"40"',
            'is the text "40"; tokens are integers from 0 to 1,000,000. Write 40 without quotes.',
        ),
        (
            "true",
            "is the boolean true; tokens are integers from 0 to 1,000,000. Write an integer.",
        ),
        ("null", "is null; tokens are integers from 0 to 1,000,000. Write an integer."),
        ("[40]", "is a list; tokens are integers from 0 to 1,000,000. Write an integer."),
        (
            "1000001",
            "is 1000001; tokens are integers from 0 to 1,000,000. Write a number in this range.",
        ),
    ],
)
def test_a_wrong_value_says_what_was_found(tokens: str, message: str) -> None:
    (problem,) = _problems(_OVERHEAD.format(tokens=tokens), "overhead")
    assert str(problem) == f"overhead.yaml:4:13  overhead.low.tokens {message}"


@pytest.mark.parametrize("reason", ['""', '" "'])
def test_an_acknowledgement_without_a_reason_asks_for_one_there(reason: str) -> None:
    answer = f"    acknowledge: {{from: 30, to: 40, reason: {reason}}}\n"
    (problem,) = _problems(_OVERHEAD.format(tokens=40) + answer, "overhead")
    assert str(problem) == (
        f"overhead.yaml:6:45  overhead.low.acknowledge.reason is the text {reason}; it is a text "
        "of one line, from 1 to 500 characters, that begins with no space. Write the reason "
        "there, in one line."
    )


def test_a_reason_is_not_null_nor_the_text_null() -> None:
    answer = "    acknowledge: {from: 30, to: 40, reason: null}\n"
    (problem,) = _problems(_OVERHEAD.format(tokens=40) + answer, "overhead")
    assert str(problem).endswith("that begins with no space. Write a text.")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "rules: []\ndefalt: a\ndefault: b\n",
            (
                "2:1  defalt is not a key here; the keys are rules, default and acknowledge. Did "
                "you mean default?"
            ),
        ),
        (
            "rules: []\n",
            (
                "1:1  default is missing; needed are rules and default. "
                "Add the line: default: backend"
            ),
        ),
        (
            "rules:\n  - kind: doc\ndefault: a\n",
            (
                "2:5  rules[0].paths is missing; needed are kind and paths. "
                'Add the line: paths: ["*.md"]'
            ),
        ),
        (
            "rules: [{kind: fastest, paths: a}]\ndefault: b\n",
            (
                '1:32  rules[0].paths is the text "a"; paths is a list of 1 to 100 globs. '
                'Write a list: ["a"].'
            ),
        ),
    ],
)
def test_keys_and_names(text: str, message: str) -> None:
    assert [str(problem) for problem in _problems(text, "file_kinds")] == [
        f"file_kinds.yaml:{message}"
    ]


def test_margins_are_compared_exactly() -> None:
    margins = (
        "default:\n  factor: {}\n  basis: {{kind: prior, reference: a}}\n"
        "interval: {{below: 0, above: 0, coverage: null}}\n"
    )
    for factor in ("1", "1.001", "1.100", "2.675", "9.999", "10", "10.000"):
        assert not _problems(margins.format(factor), "safety_margins"), factor
    for factor in ("0.999", "1.0001", "10.001", "1.1000000000000001", "-1.3"):
        assert len(_problems(margins.format(factor), "safety_margins")) == 1, factor


def test_values_that_were_refused_get_no_second_complaint() -> None:
    document, problems = read_document(_OVERHEAD.format(tokens="1_500").encode(), "overhead.yaml")
    assert document
    assert len(problems) == 1
    assert schema_problems(document, "overhead") == ()


def test_a_file_full_of_errors_is_cut_short() -> None:
    problems = _problems("".join(f"k{index}: 1\n" for index in range(1000)), "yanked")
    assert len(problems) == 101
    assert problems[-1].code == "too-many-problems"


_json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(
            st.sampled_from(("overhead", "low", "tokens", "basis", "kind", "category", "x\ny"))
            | st.text(max_size=3),
            children,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_json_like, st.sampled_from(NAMES))
def test_any_document_is_explained(data: object, name: str) -> None:
    content = json.dumps(data, ensure_ascii=True).encode()
    document, _ = read_document(content, "a.yaml")
    if document is None:
        return
    for problem in schema_problems(document, name):
        assert problem.line == 1
        assert 1 <= problem.column <= len(content) + 1
        assert str(problem).isprintable()
        assert len(str(problem)) < 600


# --- Files that come with the program


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A program that is installed in an empty place."""
    folder = tmp_path / "validator" / "coefgate"
    folder.mkdir(parents=True)
    monkeypatch.setattr(schemas, "_PACKAGE", folder)
    shipped.cache_clear()
    yield folder
    shipped.cache_clear()


def test_the_repository_holds_the_files_of_the_program() -> None:
    assert shipped("docs/reference", "gates.md") == ROOT / "docs/reference/gates.md"


def test_the_installed_program_brings_its_own(package: Path) -> None:
    (package / "schemas").mkdir()
    (package / "schemas" / "lock.schema.json").write_text("{}")
    assert shipped("schemas", "lock.schema.json") == package / "schemas/lock.schema.json"


def test_a_missing_one_is_a_broken_installation(package: Path) -> None:
    with pytest.raises(
        EnvironmentProblem, match=r"^docs/reference/gates.md, which .* python -m pip install"
    ):
        shipped("docs/reference", "gates.md")
