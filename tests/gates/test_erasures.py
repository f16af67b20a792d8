"""What is an erasure of stored lines, and what only looks like one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from coefgate.core.redaction import text_redactor
from coefgate.core.vocabulary import Deliverable
from coefgate.gates.erasures import erasures, subject_today
from coefgate.gates.sample_rules import retired_with_values, sample_changed, sample_removed
from coefgate.registry.model import Coefficients, ListAnswer, PathRule
from coefgate.replay.state import State
from coefgate.samples.erasure import Renaming, renamed
from coefgate.samples.model import Erasure, Sample, fields_of, order_key, sample_id
from coefgate.samples.redaction import path_redactor
from tests.gates.builders import plain_registry, proposal, retirement, state
from tests.registry.builders import value
from tests.replay.builders import sample

ERASED = "samples/erased.yaml"
SALT = b"sixteen bytes at least"
FILES = (Deliverable("acme/a.py", "create"), Deliverable("acme/test_b.py", "modify", 7))


def _named(one: Sample) -> Sample:
    """With the id that its line has."""
    return replace(one, id=sample_id(fields_of(one)))


def _lines() -> tuple[Sample, ...]:
    """An erased call that another line corrects, a second attempt at its files, and another."""
    about: dict[str, Any] = {"run_id": "run", "phase_id": "phase", "deliverables": FILES}
    first = _named(sample(1, 100, attempt=1, **about))
    corrected = _named(sample(2, 120, attempt=1, supersedes=first.id, **about))
    again = _named(sample(3, 150, attempt=2, **about))
    other = _named(sample(4, 200, deliverables=(Deliverable("other/c.py", "create"),)))
    return first, corrected, again, other


def _registry() -> Coefficients:
    """One whose predictions follow the attempt before."""
    factors = {one: value(f"retry.{one}", 1) for one in ("after_complete", "after_cut_off")}
    return replace(plain_registry(), semantics=2, interval=None, retry=factors)


BASE = state(_registry(), sorted(_lines(), key=order_key), [retirement(_lines()[1])])
Forging = Callable[[Sample], Sample]


def _head(
    renaming: Renaming | None = None,
    forged: Forging | None = None,
    *,
    also: Sequence[Sample] = (),
    base: State = BASE,
    left_out: int = 0,
) -> State:
    """Base with the erasure of the paths of its first three lines, the first of them forged."""
    redact = path_redactor(SALT, [base.registry])
    names = {one.path: redact(one.path) for one in FILES}
    instead = renamed(base.store.samples, renaming or {"path": names})
    if forged is not None:
        name = _lines()[2].id
        instead[name] = _named(forged(instead[name]))
    lines = [instead.get(one.id, one) for one in base.store.samples][left_out:]
    erased = {
        name: Erasure(name, one.id, "a customer", ERASED, at)
        for at, (name, one) in enumerate(instead.items(), 3)
    }
    retired = {
        instead[name].id if name in instead else name: one
        for name, one in base.store.retired.items()
    }
    samples = tuple(sorted((*lines, *also), key=order_key))
    store = replace(base.store, samples=samples, retired=retired, erased=erased)
    return replace(base, store=store)


def _told(head: State, base: State = BASE) -> list[str]:
    today, found = erasures(base, head)
    assert bool(found.findings) == (today is base)
    assert bool(found.findings) != bool(found.instead)
    return [one.message for one in found.findings]


def test_base_is_told_under_the_new_names() -> None:
    head = _head()
    today, found = erasures(BASE, head)
    assert found.findings == ()
    assert [one.id for one in found.lines] == list(found.instead)
    assert set(found.instead) == {one.id for one in _lines()[:3]}
    assert today.store == head.store
    change = replace(proposal(today, head), erasures=found)
    assert not change.moves.any
    for rule in (sample_removed, sample_changed, retired_with_values):
        assert rule(change).status == "pass"


def test_answers_name_the_line_in_its_place() -> None:
    first, corrected, *_ = _lines()
    gates = replace(
        BASE.registry.gates,
        corrected=(ListAnswer(corrected.id, "why", 9),),
        flattered=(
            ListAnswer(f"samples/retired.yaml#{first.id}", "why", 8),
            ListAnswer("samples/here/undated-00000000.jsonl", "why", 7),
        ),
    )
    base = replace(BASE, registry=replace(BASE.registry, gates=gates))
    today, found = erasures(base, _head(base=base))
    by = {name: one.id for name, one in found.instead.items()}
    assert [one.subject for one in today.registry.gates.corrected] == [by[corrected.id]]
    assert [one.subject for one in today.registry.gates.flattered] == [
        f"samples/retired.yaml#{by[first.id]}",
        "samples/here/undated-00000000.jsonl",
    ]
    assert subject_today("unknown", found.instead) == "unknown"


def test_fields_may_get_salted_names() -> None:
    renaming = {
        "phase_id": {"phase": text_redactor(SALT, "phase_id")("phase")},
        "run_id": {"run": text_redactor(SALT, "run_id")("run")},
        "reference": {f"run.log:{n}": text_redactor(SALT, "x")(str(n)) for n in (1, 2, 3)},
    }
    assert _told(_head(renaming)) == []


def _path(at: int, path: str) -> Forging:
    def forged(one: Sample) -> Sample:
        files = list(one.deliverables)
        files[at] = replace(files[at], path=path)
        return replace(one, deliverables=tuple(files))

    return forged


def _with(**fields: Any) -> Forging:
    return lambda one: replace(one, **fields)


@pytest.mark.parametrize(
    ("forged", "told"),
    [
        (_with(actual_output_tokens=5), "changes actual_output_tokens: only names may change"),
        (_with(category="docs", complexity="high"), "changes category, complexity: only names"),
        (_with(success=False), "changes success:"),
        (_with(paths="partial"), "changes paths:"),
        (_with(attempt=3), "changes attempt:"),
        (_with(observed_at="2026-01-01T00:00:00Z"), "changes observed_at:"),
        (_with(supersedes=_lines()[3].id), "changes supersedes:"),
        (_with(phase_id="another"), "changes phase_id:"),
        (_with(phase_id=None), "changes phase_id:"),
        (_with(phase_id="0123456789ab"), "gives one phase_id two names"),
        (_with(file="samples/here/undated-11111111.jsonl"), "is not at samples/here/"),
        (_with(line=9), "where it was"),
        (lambda one: replace(one, deliverables=one.deliverables[:1]), "changes deliverables:"),
        (lambda one: replace(one, deliverables=one.deliverables[::-1]), "changes deliverables:"),
        (_path(0, "USAGE.py"), "gives one path two names"),
        (lambda one: replace(one, deliverables=FILES), "has a path that"),
    ],
)
def test_what_is_no_erasure(forged: Forging, told: str) -> None:
    messages = _told(_head(forged=forged))
    assert told in " · ".join(messages)
    head = _head(forged=forged)
    change = replace(proposal(BASE, head), erasures=erasures(BASE, head)[1])
    assert sample_changed(change).status == "fail"


def test_a_line_does_not_give_way_to_a_stored_one() -> None:
    gone, other = _lines()[2], _lines()[3]
    samples = tuple(one for one in BASE.store.samples if one.id != gone.id)
    erased = {gone.id: Erasure(gone.id, other.id, "why", ERASED, 3)}
    head = replace(BASE, store=replace(BASE.store, samples=samples, erased=erased))
    assert any("turns it into another stored line" in one for one in _told(head))


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ({"acme/a.py": "acme/readable.py"}, "gives a path a name that is not salted"),
        ({"acme/a.py": "acme/0123456789ab.md"}, "gives a path a name that is not salted"),
        ({"acme/test_b.py": "acme/0123456789ab.py"}, "gives a path another file kind"),
        ({"acme/a.py": "0123456789ab.py"}, "gives a path a name that is not salted"),
        ({"acme/a.py": "acme/test_b.py", "acme/test_b.py": "acme/a.py"}, "the name of another"),
        (
            {"acme/a.py": "acme/0123456789ab.py", "acme/test_b.py": "acme/0123456789ab.py"},
            "the name of another",
        ),
    ],
)
def test_names_that_are_no_salted_ones(names: dict[str, str], told: str) -> None:
    assert told in " · ".join(_told(_head({"path": names})))


def test_kinds_stay_under_the_rules_of_head_too() -> None:
    rule = PathRule("doc", ("acme/**",), "coefficients/file_kinds.yaml", 4)
    registry = replace(BASE.registry, path_rules=(*BASE.registry.path_rules, rule))
    head = state(registry)
    told = _told(replace(head, store=_head().store))
    assert any("gives a path another file kind" in one for one in told)


def test_no_line_keeps_what_others_erase() -> None:
    kept = _named(sample(9, 300, deliverables=FILES[:1]))
    assert any("has a path that" in one for one in _told(_head(also=[kept])))


def test_a_line_is_not_taken_out_on_the_way() -> None:
    head = _head()
    samples = tuple(one for one in head.store.samples if one.line != 4)
    change = proposal(
        erasures(BASE, head)[0], replace(head, store=replace(head.store, samples=samples))
    )
    assert sample_removed(change).status == "fail"


def test_calls_that_change_places_are_predicted_otherwise() -> None:
    """Two attempts of one moment are in the order of their ids, which an erasure changes."""
    about: dict[str, Any] = {"run_id": "run", "phase_id": "phase", "deliverables": FILES}
    lines = [_named(sample(n, 100 * n, attempt=1, **about)) for n in (1, 2)]
    lines.append(_named(sample(3, 150, attempt=2, **about)))
    base = state(_registry(), sorted(lines, key=order_key))
    told = set()
    for number in range(40):
        redact = path_redactor(SALT + bytes([number]), [base.registry])
        names = {one.path: redact(one.path) for one in FILES}
        told.add(bool(_told(_head({"path": names}, base=base), base)))
    assert told == {True, False}


def test_what_was_erased_before_stays_said() -> None:
    base = _head()
    told = dict(base.store.erased)
    name, one = next(iter(told.items()))
    del told[name]
    assert _told(replace(base, store=replace(base.store, erased=told)), base) == [
        f"the erasure of sample {name[:12]} is no longer recorded"
    ]
    told[name] = replace(one, by="f" * 32)
    assert _told(replace(base, store=replace(base.store, erased=told)), base) == [
        f"the erasure of sample {name[:12]} is recorded differently"
    ]


def test_erasures_of_lines_that_base_never_had() -> None:
    stray = {"e" * 32: Erasure("e" * 32, _lines()[3].id, "why", ERASED, 3)}
    today, found = erasures(BASE, replace(BASE, store=replace(BASE.store, erased=stray)))
    assert (found.lines, found.instead) == ((), {})
    assert [one.message for one in found.findings] == [
        "sample eeeeeeeeeeee is recorded as erased, but was never stored: delete that"
    ]
    assert today.store.samples == BASE.store.samples


def test_a_line_that_is_erased_twice_is_told_by_its_last_name() -> None:
    """Nobody had stored the line between."""
    head = _head()
    told = dict(head.store.erased)
    name, one = next(iter(told.items()))
    told |= {name: replace(one, by="f" * 32), "f" * 32: replace(one, id="f" * 32)}
    _, found = erasures(BASE, replace(head, store=replace(head.store, erased=told)))
    assert found.findings == ()
    assert (name, one.by) in {(each.id, each.by) for each in found.lines}
