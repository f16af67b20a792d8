"""``schemas/{snapshot,index,lock}.schema.json`` and the readers of the runtime say the same.

``valid/<document>/<what>.json`` is accepted by both. ``invalid/<document>/<code>[--detail].json``
is refused by the reader, and by the schema for exactly one reason, the code in its name; the codes
of ``BEYOND`` stand for what a schema cannot say. A new fixture needs no line here."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from coefgate.core.characters import INVISIBLE
from coefgate.core.snapshot import canonical_bytes
from coefgate.core.trees import FolderTree
from coefgate.registry.compilation import snapshot
from coefgate.registry.reading import read_registry
from tests.core.documents import (
    FIXTURES,
    READERS,
    at,
    fixtures,
    paths,
    refusal,
    schema,
    schema_errors,
    valid,
    written,
)

ROOT: Final = Path(__file__).parents[2]
CODES: Final = {
    "required": "missing-key",
    "additionalProperties": "unknown-key",
    "None": "unknown-key",  # a key that another semantics has
    "enum": "unknown-value",
    "const": "unknown-number",
    "type": "wrong-type",
    "pattern": "bad-form",
    "format": "bad-day",
    "minimum": "out-of-range",
    "maximum": "out-of-range",
    "minItems": "wrong-length",
    "maxItems": "wrong-length",
    "maxLength": "wrong-length",
    "minProperties": "wrong-length",
    "uniqueItems": "repeated",
}
# What only the readers say. The bytes are not the JSON, or not the form, that was asked for; or
# two places of a document contradict each other. schemas/README.md lists the same.
BEYOND: Final = {
    "not-json": " is not valid JSON: |, the marker of a merge conflict",
    "not-canonical": " is not in canonical form",
    "alias-taken": "; a name belongs to one category",
    "undeclared": r" is not known here; the names are |; it is one of [a-z_]+(?:, [a-z_]+)*\.",
    "not-rising": "; shares rise|; factors never fall as shares rise",
    "assumed-more": "; no more bytes are assumed than are charged",
    "missing-cost": " is missing; the names are ",
    "bad-glob": "; globs are written as docs/reference/path-rules.md says",
    "version-twice": "; a version is withdrawn once|; each version appears once",
}


@pytest.mark.parametrize("name", READERS)
def test_both_kinds_are_there(name: str) -> None:
    assert len(list((FIXTURES / "valid" / name).iterdir())) >= 3
    found = {file.stem.partition("--")[0] for file in (FIXTURES / "invalid" / name).iterdir()}
    assert {
        "missing-key",
        "unknown-key",
        "unknown-number",
        "wrong-type",
        "bad-form",
        "not-json",
    } <= found
    assert found <= {*CODES.values(), *BEYOND}


@pytest.mark.parametrize("file", fixtures("valid"))
def test_a_valid_document_is_accepted_by_both(file: Path) -> None:
    assert schema_errors(file.parent.name, json.loads(file.read_bytes())) == []
    assert refusal(file.parent.name, file.read_bytes()) is None


@pytest.mark.parametrize("file", fixtures("invalid"))
def test_an_invalid_document_is_refused_for_the_reason_in_its_name(file: Path) -> None:
    name, code = file.parent.name, file.stem.partition("--")[0]
    said = refusal(name, file.read_bytes())
    assert said is not None
    assert said.startswith(f"the {name}")
    assert said.isprintable()
    assert len(said) < 400
    assert re.search(
        r"\. [A-Z][^.]* with: (coefgate|python) [^.]*$|build it with: coefgate [^.]*$", said
    ), said
    if code in BEYOND:
        assert re.search(BEYOND[code], said), said
    if code != "not-json":
        found = schema_errors(name, json.loads(file.read_bytes()))
        assert [CODES[keyword] for keyword in found] == ([] if code in BEYOND else [code])


@pytest.mark.parametrize(
    "file", [one for one in fixtures("valid") if "index" in one.id or "lock" in one.id]
)
def test_another_validator_accepts_them_with_the_same_schema(file: Path) -> None:
    assert Draft202012Validator(schema(file.parent.name)).is_valid(json.loads(file.read_bytes()))


# --- Compiled registries


def _registries() -> list[Path]:
    folders = sorted((FIXTURES / "valid/coefficients").iterdir())
    return [ROOT / "coefficients", *folders]


@pytest.mark.parametrize("folder", _registries(), ids=lambda folder: folder.name)
def test_every_registry_compiles_to_a_snapshot_that_both_accept(
    folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path / "coefficients")
    content = snapshot(read_registry(FolderTree(tmp_path))).content
    assert schema_errors("snapshot", content) == []
    assert refusal("snapshot", canonical_bytes(content)) is None


@pytest.mark.parametrize("semantics", [1, 2])
def test_the_frozen_vectors_are_of_a_snapshot_that_both_accept(semantics: int) -> None:
    vectors = ROOT / f"tests/vectors/semantics-{semantics}.json"
    content = json.loads(vectors.read_text("utf-8"))["snapshot"]
    assert schema_errors("snapshot", content) == []
    assert refusal("snapshot", canonical_bytes(content)) is None


# --- Whatever is done to a valid document, both say the same

_texts = (
    st.sampled_from(
        ["", " ", "low", "docs", "1.4.0", "x\n", "*.md", "2027-02-29", "2028-02-29", "transport"]
    )
    | st.sampled_from(
        [f"sha256:{'0' * 64}", "0" * 40, "null", "-x", "a\u202eb", "a\u00a0b", "a\tb", "x" * 101]
    )
    | st.text(max_size=6)
)
_scalars = (
    st.none()
    | st.booleans()
    | st.integers(-2, 11_000)
    | st.sampled_from([10**6, 10**6 + 1, 10**12])
    | st.floats(allow_nan=False, allow_infinity=False)
    | _texts
)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def edited(draw: st.DrawFn, name: str) -> Any:
    """A valid document in which up to three values were added, removed, doubled or swapped."""
    stem = draw(
        st.sampled_from(sorted(file.stem for file in (FIXTURES / "valid" / name).iterdir()))
    )
    document = deepcopy(valid(name, stem))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(paths(document))))
        if not path:
            continue
        parent, last = at(document, path[:-1]), path[-1]
        what = draw(st.sampled_from(["replace", "remove", "add", "swap"]))
        if what == "remove":
            del parent[last]
        elif what == "add" and isinstance(parent, list):
            parent.append(draw(st.sampled_from(parent) | _values))
        elif what == "add":
            parent[draw(_texts)] = draw(st.sampled_from(list(parent.values())) | _values)
        elif what == "swap":
            parent[last] = deepcopy(at(document, draw(st.sampled_from(list(paths(document))))))
        else:
            parent[last] = draw(_values)
    return document


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_schema_and_reader_agree(name: str, data: st.DataObject) -> None:
    document = data.draw(edited(name))
    fits = not schema_errors(name, document)
    said = refusal(name, written(name, document))
    assert said is None or said.isprintable()
    assert said is None or len(said) < 4000
    if fits and said is not None:
        assert any(re.search(clause, said) for clause in BEYOND.values()), said
    elif not fits:
        assert said is not None


@pytest.mark.parametrize("name", READERS)
def test_nothing_may_be_added_or_left_out(name: str) -> None:
    document = valid(name, "signers" if name == "lock" else "everything")
    for path in paths(document):
        mapping = at(document, path)
        if not isinstance(mapping, dict):
            continue
        for key in [None, *mapping]:
            changed = deepcopy(document)
            if key is None:
                at(changed, path)["Surprise"] = None
            else:
                del at(changed, path)[key]
            fits, said = not schema_errors(name, changed), refusal(name, written(name, changed))
            assert (said is None) <= fits, (path, key)
            assert fits <= (said is None or any(re.search(c, said) for c in BEYOND.values())), (
                path,
                key,
                said,
            )
            assert key is not None or not fits, path


@given(st.text(max_size=4), st.sampled_from(sorted(READERS)))
def test_bytes_that_are_anything_are_refused_in_one_line(text: str, name: str) -> None:
    said = refusal(name, text.encode("utf-8", "surrogatepass"))
    assert said is not None
    assert said.isprintable()


# --- The schemas themselves


def _parts(part: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, part
    for key in ("properties", "$defs"):
        for name, each in part.get(key, {}).items():
            yield from _parts(each, f"{path}/{key}/{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), dict):
            yield from _parts(part[key], f"{path}/{key}")


@pytest.mark.parametrize("name", READERS)
def test_a_schema_is_valid_described_and_strict(name: str) -> None:
    content = schema(name)
    Draft202012Validator.check_schema(content)
    assert content["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert content["$id"] == f"urn:coefgate:schema:{name}"
    for path, part in _parts(content):
        assert part["description"].endswith((".", "?")), path
        assert not {"anyOf", "oneOf", "not", "patternProperties", "multipleOf", "default"} & set(
            part
        ), path
        if "object" in part.get("type", ()):
            assert "additionalProperties" in part, path
        if "pattern" in part:
            assert part["pattern"].startswith("^"), path
            assert part["pattern"].endswith(r"(?!\n)$"), path
        for example in part.get("examples", ()):
            resolved = part | {"$defs": content["$defs"]}
            assert Draft202012Validator(resolved).is_valid(example), path


@pytest.mark.parametrize("name", READERS)
def test_a_schema_refers_to_all_of_its_definitions_and_nothing_else(name: str) -> None:
    references = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(schema(name))))
    assert references == {f"#/$defs/{title}" for title in schema(name)["$defs"]}


def _bare(part: Any) -> Any:
    """A schema without its words."""
    words = ("description", "examples", "x-allowed")
    return {key: value for key, value in part.items() if key not in words}


def test_what_registry_documents_define_is_the_same_here() -> None:
    for name, title, other in [
        ("snapshot", "categoryName", "overhead"),
        ("snapshot", "kindName", "file_kinds"),
        ("index", "version", "yanked"),
        ("index", "day", "yanked"),
    ]:
        assert _bare(schema(name)["$defs"][title]) == _bare(schema(other)["$defs"][title]), title
    assert schema("lock")["$defs"]["digest"] == schema("index")["$defs"]["digest"]


def test_a_line_of_text_is_what_yaml_files_may_hold() -> None:
    line = rf"^[^\s{INVISIBLE}][^\t\n\r{INVISIBLE}]*(?!\n)$"
    snapshots, indexes = json.dumps(schema("snapshot")), json.dumps(schema("index"))
    # models (twice), aliases, globs, output modes (twice)
    assert snapshots.count(json.dumps(line)) == 6
    assert indexes.count(json.dumps(line)) == 1  # reasons
