"""Salted paths: their kinds stay, equal paths stay equal, and nothing that hides can be read."""

from __future__ import annotations

import hmac
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coefgate.core.redaction import holds, is_salted, is_salted_text, redacted, text_redactor
from coefgate.core.trees import FolderTree
from coefgate.core.vocabulary import Deliverable
from coefgate.registry.compilation import path_kinds
from coefgate.registry.model import Coefficients, PathRule
from coefgate.registry.reading import read_registry
from coefgate.samples.reading import read_samples
from coefgate.samples.redaction import path_redactor

ROOT = Path(__file__).parents[2]
SALT = b"a salt of sixteen bytes or more"


@cache
def _shipped() -> Coefficients:
    return read_registry(FolderTree(ROOT))


def _with_rules(*rules: tuple[str, str]) -> Coefficients:
    made = tuple(
        replace(_shipped().path_rules[0], kind=kind, globs=(glob,)) for kind, glob in rules
    )
    assert all(isinstance(one, PathRule) for one in made)
    return replace(_shipped(), path_rules=made)


def _form(path: str) -> str:
    """A salted path with ``~`` for each salted part."""
    return re.sub("[0-9a-f]{12}", "~", path)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("src/acme/billing.py", "~/~/~.py"),
        ("src/acme/test_billing.py", "~/~/test_~.py"),
        ("src/acme/billing_test.go", "~/~/~_test.go"),
        ("ui/Billing.spec.tsx", "~/~.spec.tsx"),
        ("tests/acme/conftest.py", "tests/~/conftest.py"),
        ("acme/tests/data.bin", "~/tests/~.bin"),
        ("docs/acme/terms.txt", "docs/~/~.txt"),
        ("docs/acme-USAGE-notes.md", "docs/~USAGE~.md"),
        ("requirements-acme.txt", "requirements~.txt"),
        ("acme/README.md", "~/README.md"),
        ("Dockerfile", "Dockerfile"),
        ("acme/Makefile", "~/Makefile"),
        ("Acme", "~"),
        (".acme", "~"),
        ("acme.customer-name", "~"),
        ("acme/", "~/"),
        ("acme/*.py", "~/*.py"),
        ("contest/latest_billing.py", "~/~.py"),
    ],
)
def test_what_stays(path: str, form: str) -> None:
    assert _form(path_redactor(SALT, [_shipped()])(path)) == form


def test_a_part_is_the_hmac_of_what_stands_before_it() -> None:
    redact = path_redactor(SALT, [_shipped()])
    first = hmac.new(SALT, b"path\0000\0000\0acme", "sha256").hexdigest()[:12]
    second = hmac.new(SALT, b"path\0000\0005\0acme/bill.py", "sha256").hexdigest()[:12]
    assert redact("acme/bill.py") == f"{first}/{second}.py"


def test_folders_stay_together_and_one_name_in_two_folders_is_not_told() -> None:
    redact = path_redactor(SALT, [_shipped()])
    a, b, c = (redact(one).split("/") for one in ("x/acme/a.py", "x/acme/b.py", "y/acme/a.py"))
    assert a[:2] == b[:2]
    assert a[1] != c[1]
    assert a[2] != b[2] != c[2]


def test_another_salt_gives_other_names() -> None:
    one, other = (path_redactor(salt, [_shipped()])("acme.py") for salt in (SALT, SALT + b"!"))
    assert one != other
    with pytest.raises(ValueError, match="a salt has at least 16 bytes, and this one has 15"):
        path_redactor(b"fifteen bytes..", [_shipped()])


def test_kinds_stay_under_every_registry() -> None:
    other = _with_rules(("config", "secret?/*.py"), ("test", "*a*"), ("doc", "b??.{rst,x*}"))
    redact = path_redactor(SALT, [_shipped(), other])
    for path in ("secret1/notes.py", "xyz/q.py", "b12.xyz", "banana", "xxx"):
        salted = redact(path)
        assert path_kinds(other)(salted) == path_kinds(other)(path)
        assert path_kinds(_shipped())(salted) == path_kinds(_shipped())(path)
    assert _form(redact("secret1/notes.py")) == "secret1/~.py"
    assert "a" not in redact("xxx")  # where it would be a test, other digits are taken


def test_what_cannot_keep_its_kind_is_refused_without_telling_it() -> None:
    short = _with_rules(("config", "?.zz"), ("test", "??*.zz"))
    redact = path_redactor(SALT, [short])
    assert _form(redact("long.zz")) == "lo~.zz"  # as little as a rule asks for
    with pytest.raises(ValueError, match="keeps its file kind") as told:
        path_redactor(SALT, [short], hidden=["q"])("q.zz")
    assert "q.zz" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "part", "held"),
    [
        ("src/Müller/a.py", "MÜLLER", True),
        ("src/Mu\u0308ller/a.py", "müller", True),
        ("src/Müller/a.py", "mu\u0308ller", True),
        ("src/straße.py", "STRASSE", True),
        ("src/Müller/a.py", "Mueller", False),
        ("src/ACME/a.py", "acme", True),
    ],
)
def test_texts_are_found_as_people_read_them(text: str, part: str, held: bool) -> None:
    assert holds(text, part) is held


def test_hidden_letters_go_however_they_are_composed() -> None:
    redact = path_redactor(SALT, [_shipped()], hidden=["re\u0301adme"])
    assert "adme" not in redact("docs/RÉADME.md").casefold()
    redact = path_redactor(SALT, [_shipped()], hidden=["ßread"])
    assert "README" not in redact("docs/ssREADME.md")


def test_hidden_texts_go_even_from_what_is_kept() -> None:
    redact = path_redactor(SALT, [_shipped()], hidden=["Acme"])
    assert _form(redact("reports/terms.acme")) == "~/~.~"
    assert "acme" not in redact("docs/ACME-USAGE.md").casefold()
    with pytest.raises(ValueError, match="no salted name both keeps its file kind"):
        path_redactor(SALT, [_shipped()], hidden=["usage"])("acme-usage.md")


def test_a_path_that_becomes_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than 1024 characters"):
        path_redactor(SALT, [_shipped()])("a/" * 100 + "b.py")


def test_files_keep_their_order_operations_and_sizes() -> None:
    files = (Deliverable("acme/b.py", "modify", 7), Deliverable("acme/a.py", "create"))
    found = redacted(files, path_redactor(SALT, [_shipped()]))
    assert [(one.operation, one.bytes_before) for one in found] == [
        ("modify", 7),
        ("create", None),
    ]
    assert [_form(one.path) for one in found] == ["~/~.py", "~/~.py"]
    assert found == redacted(files, path_redactor(SALT, [_shipped()]))
    with pytest.raises(ValueError, match="same salted name"):
        redacted(files, lambda _: "one.py")


def test_texts() -> None:
    redact = text_redactor(SALT, "phase_id")
    assert redact("acme") == hmac.new(SALT, b"phase_id\0acme", "sha256").hexdigest()[:12]
    assert text_redactor(SALT, "run_id")("acme") != redact("acme")


def test_every_shipped_call_keeps_its_kinds_and_its_equals() -> None:
    redact, kind = path_redactor(SALT, [_shipped()]), path_kinds(_shipped())
    paths = {
        one.path for call in read_samples(FolderTree(ROOT)).samples for one in call.deliverables
    }
    salted = {redact(path): path for path in paths}
    assert len(salted) == len(paths) > 100
    assert all(kind(new) == kind(old) for new, old in salted.items())
    assert not any("autopack" in new for new in salted)


_names = st.text("abtesz_.-", min_size=1, max_size=9) | st.sampled_from(
    ("tests", "test_a.py", "conftest.py", "x.spec.ts", "docs", "README.md", "a_test.go", "a.txt")
)


@given(st.lists(st.lists(_names, min_size=1, max_size=4).map("/".join), max_size=6, unique=True))
def test_any_paths(paths: list[str]) -> None:
    redact, kind = path_redactor(SALT, [_shipped()]), path_kinds(_shipped())
    found = [redact(path) for path in paths]
    assert len(set(found)) == len(paths)
    assert [kind(one) for one in found] == [kind(one) for one in paths]


@given(st.lists(_names, min_size=1, max_size=4).map("/".join))
def test_what_was_salted_is_known_as_such(path: str) -> None:
    salted = path_redactor(SALT, [_shipped()])(path)
    assert is_salted(path, salted) == (path != salted)


@pytest.mark.parametrize(
    ("path", "salted", "may_be"),
    [
        ("acme/a.py", "0123456789ab/a.py", True),
        ("acme/a.py", "acme/0123456789ab.py", True),
        ("acme/a.py", "a0123456789ab/0123456789ab.py", True),
        ("acme/a.py", "0123456789ab.py", False),  # a folder less
        ("acme/a.py", "0123456789ab/a.md", False),
        ("acme/a.py", "0123456789ab/b.py", False),
        ("acme/a.py", "acme/a0123456789ab.py", False),  # nothing that it stands for
        ("acme/a.py", "0123456789AB/a.py", False),
        ("acme/a.py", "0123456789a/a.py", False),
        ("acme/a.py", "acme/a.py", False),
    ],
)
def test_what_may_be_salted(path: str, salted: str, *, may_be: bool) -> None:
    assert is_salted(path, salted) == may_be


def test_what_may_be_a_salted_text() -> None:
    assert is_salted_text("0123456789ab")
    assert not is_salted_text("0123456789abc")
