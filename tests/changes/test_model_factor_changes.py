"""Factors of models: what differs is told by what models get, and can be taken back."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from coefgate.changes.change import Change
from coefgate.changes.estimate_changes import changes
from coefgate.changes.same_predictions import same_predictions
from coefgate.changes.undo import taken_back
from coefgate.registry.compilation import digest_of, table_of
from coefgate.registry.model import Coefficients, ModelRule
from coefgate.registry.model_globs import covered
from tests.registry.builders import registry
from tests.registry.semantics_2 import rule, with_models

BASE = registry()
GLOBS = ("claude-opus-4", "claude-opus-*", "claude-*", "*-4", "gpt-*", "gpt-5", "*")
MODELS = (
    *("claude-opus-4", "claude-opus-5", "claude-haiku-4", "claude-haiku", "gpt-5", "gpt-4"),
    *("gpt-4o", "qwen-4", "qwen", None),
)


def _factors(one: Coefficients) -> list[int]:
    """The factor of each model, in thousandths."""
    table = table_of(one)
    return [table.model_factors[table.rule_of_model(model)] for model in MODELS]


def _told(base: Coefficients, head: Coefficients) -> list[tuple[str, object, object, bool]]:
    return [(one.name, one.base, one.head, one.gone) for one in _changes(base, head)]


def _changes(base: Coefficients, head: Coefficients) -> tuple[Change, ...]:
    return tuple(one for one in changes(base, head) if one.kind != "setting")


@st.composite
def registries(draw: st.DrawFn) -> Coefficients:
    if draw(st.integers(0, 4)) == 0:
        return BASE
    rules: list[ModelRule] = []
    known: list[str] = []
    for number in draw(st.lists(st.integers(8, 12), min_size=1, max_size=4)):
        globs = draw(st.lists(st.sampled_from(GLOBS), min_size=1, max_size=2, unique=True))
        fresh = [glob for glob in globs if not covered((glob,), known)]
        if fresh:
            rules.append(rule(Fraction(number, 10), *fresh))
            known += fresh
    return with_models(BASE, *rules, default=Fraction(draw(st.integers(8, 12)), 10))


@given(registries(), registries())
def test_without_all_of_its_changes_head_gives_every_model_what_base_does(
    base: Coefficients, head: Coefficients
) -> None:
    assert _factors(taken_back(head, base, _changes(base, head))) == _factors(base)


@given(registries(), registries())
def test_what_moves_a_model_is_told(base: Coefficients, head: Coefficients) -> None:
    told = _changes(base, head)
    if _factors(base) != _factors(head):
        assert told
        assert not same_predictions(base, head)
    if digest_of(base) == digest_of(head):
        assert not told
    assert _changes(head, head) == ()


def test_a_rule_that_comes_with_a_file_of_its_own() -> None:
    head = with_models(BASE, rule("1.2", "claude-opus-*"), rule("1", "claude-*"))
    assert _told(BASE, head) == [
        ("model.claude-opus-*", 1, Fraction("1.2"), False),
        ("model_factors", (), ("claude-opus-*", "claude-*"), False),
    ]
    (first, _) = _changes(BASE, head)
    assert (first.file, first.line) == ("coefficients/model_factors.yaml", 3)


def test_a_rule_that_goes_is_gone_where_models_get_another_factor() -> None:
    base = with_models(BASE, rule("1.2", "claude-opus-*"), rule("1.1", "claude-*"))
    head = with_models(BASE, rule("1.1", "claude-*"))
    assert _told(base, head) == [("model.claude-opus-*", Fraction("1.2"), Fraction("1.1"), True)]
    same = with_models(BASE, rule("1.1", "claude-opus-*"), rule("1.1", "claude-*"))
    assert _told(same, head) == [
        ("model_factors", ("claude-opus-*", "claude-*"), ("claude-*",), False)
    ]


def test_one_number_of_several_globs_is_one_change() -> None:
    base = with_models(BASE, rule("1.2", "claude-opus-*", "gpt-*"))
    head = with_models(BASE, rule("1.3", "gpt-*", "claude-opus-*"))
    assert _told(base, head) == [("model.gpt-*", Fraction("1.2"), Fraction("1.3"), False)]


def test_a_glob_that_a_rule_takes_in() -> None:
    base = with_models(BASE, rule("1.2", "claude-opus-*"), default="0.9")
    head = with_models(BASE, rule("1.2", "claude-opus-*", "gpt-*"), default="0.9")
    (change,) = _changes(base, head)
    assert (change.name, change.base, change.head) == (
        "model.gpt-*",
        Fraction("0.9"),
        Fraction("1.2"),
    )
    assert change.key == head.model_rules[0].value.key
    assert _factors(taken_back(head, base, (change,))) == _factors(base)


def test_an_order_that_decides_for_models_of_both_rules() -> None:
    base = with_models(BASE, rule("1.2", "claude-opus-*"), rule("1.3", "*-4"))
    head = with_models(BASE, rule("1.3", "*-4"), rule("1.2", "claude-opus-*"))
    assert _told(base, head) == [
        ("model_factors", ("claude-opus-*", "*-4"), ("*-4", "claude-opus-*"), False)
    ]


def test_an_order_that_decides_nothing_is_no_change() -> None:
    base = with_models(BASE, rule("1.2", "claude-opus-*"), rule("1.3", "gpt-*"))
    head = with_models(BASE, rule("1.3", "gpt-*"), rule("1.2", "claude-opus-*"))
    assert _told(base, head) == []
    split = with_models(BASE, rule("1.2", "claude-opus-*"), rule("1.2", "claude-haiku"))
    joined = with_models(BASE, rule("1.2", "claude-haiku", "claude-opus-*"))
    assert _told(split, joined) == []


def test_each_is_taken_back_by_itself() -> None:
    base = with_models(BASE, rule("1.2", "claude-opus-*"), rule("1.3", "*-4"))
    head = with_models(BASE, rule("2", "*-4"), rule("3", "claude-opus-*", "gpt-5"), default="4")
    numbers = {one.name: _factors(taken_back(head, base, (one,))) for one in _changes(base, head)}
    now = dict(zip(MODELS, _factors(head), strict=True))
    expected: dict[str, dict[str | None, int]] = {
        "model.default": {"claude-haiku": 1000, "gpt-4o": 1000, "qwen": 1000, None: 1000},
        "model.*-4": {
            "claude-opus-4": 1300,
            "claude-haiku-4": 1300,
            "gpt-4": 1300,
            "qwen-4": 1300,
        },
        "model.claude-opus-*": {"claude-opus-5": 1200},
        "model.gpt-5": {"gpt-5": 4000},
    }
    for name, moves in expected.items():
        assert dict(zip(MODELS, numbers.pop(name), strict=True)) == {**now, **moves}, name
    assert not numbers
