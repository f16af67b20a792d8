"""Small steps that add up: each passes by itself; the anchor stops the one that goes too far."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from coefgate.drill.fileset import GATES, RETIRED, FileChanges, Fileset, dumped
from coefgate.drill.kinds.catalogue import KINDS
from coefgate.drill.plant import Plant
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.stored_calls import stored

Git = Callable[..., str]
IMPLEMENTATION = "coefficients/overhead/implementation.yaml"


@pytest.fixture
def propose(registry: Path, git: Git, coefgate: Coefgate) -> Callable[..., Mapping[str, Any]]:
    """Write files over the accepted ones, judge them, and accept them where they pass."""

    def run(files: FileChanges) -> Mapping[str, Any]:
        for file, content in files.items():
            assert isinstance(content, bytes)
            (registry / file).parent.mkdir(exist_ok=True)
            (registry / file).write_bytes(content)
        found = coefgate("gate", "--format", "json")
        report: Mapping[str, Any] = json.loads(found.out)
        if found.code == 0:
            git("add", "-A")
            git("commit", "-qm", "accepted")
        return report

    return run


Propose = Callable[..., Mapping[str, Any]]


def _red(report: Mapping[str, Any]) -> dict[str, str]:
    return {rule["rule"]: rule["message"] for rule in report["rules"] if rule["status"] != "pass"}


@pytest.fixture
def tokens(registry: Path) -> Callable[[str, int, int], FileChanges]:
    """The overheads of implementation with another figure for one complexity."""

    def run(complexity: str, old: int, new: int) -> FileChanges:
        before, after = (f"{complexity}:\n    tokens: {one}\n".encode() for one in (old, new))
        content = (registry / IMPLEMENTATION).read_bytes()
        assert before in content
        return {IMPLEMENTATION: content.replace(before, after)}

    return run


Tokens = Callable[[str, int, int], FileChanges]


@pytest.mark.parametrize("tagged", [False, True])
def test_a_kind_of_work_does_not_get_worse_in_steps(
    propose: Propose, tokens: Tokens, git: Git, tagged: bool
) -> None:
    first = git("rev-parse", "HEAD")
    assert not _red(propose(tokens("low", 920, 1030)))
    if tagged:  # which resets nothing
        git("tag", "-a", "-m", "release", "coefficients/v1.0.0")
    report = propose(tokens("low", 1030, 1141))
    assert set(_red(report)) == {"stratum-regression"}
    assert f"since {first[:12]} mean SMAPE rises from" in _red(report)["stratum-regression"]
    assert report["anchor"]["revision"] == first


def test_a_number_does_not_move_by_the_factor_in_steps(
    propose: Propose, tokens: Tokens, git: Git
) -> None:
    first = git("rev-parse", "HEAD")
    assert not _red(propose(tokens("high", 1590, 2800)))
    red = _red(propose(tokens("high", 2800, 4900)))
    assert (
        f"implementation.high moves from 1590 to 4900 (× 3.1 since the anchor {first[:12]})"
        in red["swing"]
    )


def test_a_step_back_towards_the_anchor_is_none_away_from_it(
    propose: Propose, tokens: Tokens
) -> None:
    assert not _red(propose(tokens("high", 1590, 3100)))
    assert not _red(propose(tokens("high", 3100, 1700)))


def test_a_number_that_leaves_its_interval_needs_a_reason(
    propose: Propose, registry: Path
) -> None:
    file = "coefficients/marginal_costs.yaml"
    before = (registry / file).read_text("utf-8")
    after = before.replace("tokens: 470\n", "tokens: 485\n", 1)
    red = _red(propose({file: after.encode()}))
    assert set(red) == {"swing"}
    assert "marginal.modify.doc moves to 485, out of its basis.interval 400 to 480" in red["swing"]
    # Another interval in the same change is a claim, and no answer.
    wider = after.replace("interval: [400, 480]", "interval: [400, 900]", 1)
    assert set(_red(propose({file: wider.encode()}))) == {"swing"}
    answer = 'acknowledge: {from: 470, to: 485, reason: "two calls seen"}'
    assert not _red(
        propose(
            {file: after.replace("tokens: 485\n", f"tokens: 485\n      {answer}\n", 1).encode()}
        )
    )


def test_an_alias_does_not_lead_to_other_figures_in_two_steps(
    propose: Propose, registry: Path
) -> None:
    basis = "basis: {kind: prior, reference: 'https://example.org/page'}"
    figures = "\n".join(
        f"  {at}: {{tokens: {tokens}, {basis}}}"
        for at, tokens in (("low", 920), ("medium", 1590), ("high", 855831))
    )
    dear = f"category: zz\naliases: []\noverhead:\n{figures}\n"
    assert not _red(propose({"coefficients/overhead/zz.yaml": dear.encode()}))
    known = (registry / IMPLEMENTATION).read_text("utf-8")
    taken = known.replace("aliases: [IMPLEMENT_FEATURE]", "aliases: []").encode()
    given = dear.replace("aliases: []", "aliases: [IMPLEMENT_FEATURE]")
    steps = {IMPLEMENTATION: taken, "coefficients/overhead/zz.yaml": given.encode()}
    told = "moves IMPLEMENT_FEATURE.high from 1590 to 855831 with its margin (× 538.3)"
    assert f"alias.IMPLEMENT_FEATURE {told}" in _red(propose(steps))["swing"]
    answer = 'acknowledge: {from: [], to: [IMPLEMENT_FEATURE], reason: "other work"}'
    assert answer.partition("reason")[0] in _red(propose(steps))["swing"]
    answered = given.replace("overhead:", f"{answer}\noverhead:")
    assert "swing" not in _red(
        propose({**steps, "coefficients/overhead/zz.yaml": answered.encode()})
    )


def _split(registry: Path, by: int) -> FileChanges:
    """The same predictions: prices and their intervals divided, the default margin multiplied."""
    files = {}
    for path in (registry / "coefficients").rglob("*.yaml"):
        name = path.relative_to(registry).as_posix()
        document = yaml.safe_load(path.read_bytes())
        entries = [
            *document.get("overhead", {}).values(),
            *(
                one
                for kinds in document.get("marginal_costs", {}).values()
                for one in kinds.values()
            ),
            *([document["fallback"]["overhead"]] if "fallback" in document else []),
        ]
        for entry in entries:
            entry["tokens"] = entry["tokens"] // by
            if "interval" in entry["basis"]:
                entry["basis"]["interval"] = [end // by for end in entry["basis"]["interval"]]
        if name.endswith("safety_margins.yaml"):
            document["default"]["factor"] *= by
        if entries or name.endswith("safety_margins.yaml"):
            files[name] = dumped(document)
    return files


def test_steps_after_another_split_add_up_as_before(
    propose: Propose, registry: Path, tokens: Tokens, git: Git
) -> None:
    first = git("rev-parse", "HEAD")[:12]
    assert not _red(propose(_split(registry, 10)))
    assert not _red(propose(tokens("high", 159, 300)))
    told = (
        "implementation.high moves from 1590 to 3300 with its margin "
        f"(× 2.1 since the anchor {first})"
    )
    assert told in _red(propose(tokens("high", 300, 330)))["swing"]


def test_an_overhead_and_then_its_margin_add_up(
    propose: Propose, registry: Path, tokens: Tokens
) -> None:
    assert not _red(propose(tokens("high", 1590, 3100)))
    file = "coefficients/safety_margins.yaml"
    margin = "cells: {implementation: {high: {factor: 1.99, basis: {kind: prior, reference: 'https://example.org/page'}}}}"
    margins = (registry / file).read_text("utf-8").replace("cells: {}", margin)
    told = (
        "margin.implementation.high moves implementation.high from 1590 to 6169 "
        "with its margin (× 3.9"
    )
    assert told in _red(propose({file: margins.encode()}))["swing"]


def test_a_small_step_after_another_split_is_in_its_interval(
    propose: Propose, registry: Path
) -> None:
    assert not _red(propose(_split(registry, 10)))
    file = "coefficients/overhead/tests.yaml"
    content = (registry / file).read_bytes()
    assert b"tokens: 33\n" in content
    assert not _red(propose({file: content.replace(b"tokens: 33\n", b"tokens: 34\n")}))


def test_a_step_back_towards_the_interval_of_the_anchor_is_let_through(
    propose: Propose, registry: Path
) -> None:
    file = "coefficients/overhead/configuration.yaml"

    def at(tokens: int, answer: str = "") -> Mapping[str, Any]:
        document = yaml.safe_load((registry / file).read_bytes())
        document["overhead"]["low"]["tokens"] = 210  # which is not to cost more
        medium = document["overhead"]["medium"]
        medium["tokens"], medium["basis"]["interval"] = tokens, [150, 400]
        medium.pop("acknowledge", None)
        if answer:
            medium["acknowledge"] = yaml.safe_load(answer)
        return propose({file: dumped(document)})

    told = "configuration.medium moves to 220, out of the basis.interval 230 to 2110 of base"
    assert told in _red(at(220))["swing"]
    assert not _red(at(220, "{from: 350, to: 220, reason: seen}"))
    assert not _red(at(215))  # it has left that interval, with a reason
    assert not _red(at(225))  # on its way back


def _planted(registry: Path, name: str, seed: int) -> Plant:
    files = {
        path.relative_to(registry).as_posix(): path.read_bytes()
        for folder in ("coefficients", "samples")
        for path in (registry / folder).rglob("*")
        if path.is_file()
    }
    kind = next(kind for kind in KINDS if kind.name == name)
    return kind.plant(Fileset(files), Random(f"{seed}/{name}"))  # noqa: S311 (draws, no secrets)


def test_retirements_are_counted_since_the_anchor(propose: Propose, registry: Path) -> None:
    plant = _planted(registry, "retired-in-steps", 2)
    for files in plant.past[1:]:
        assert not _red(propose(files))
    report = propose(plant.changed)
    assert set(_red(report)) == {"flattered"}
    assert "since the anchor" in _red(report)["flattered"]
    assert report["anchor"]["retired"] == len(report["retired"])
    assert report["anchor"]["corrected"] == 0


@pytest.mark.parametrize("answered", [False, True])
def test_calls_are_not_retired_so_that_values_may_miss_them(
    propose: Propose, tokens: Tokens, registry: Path, answered: bool
) -> None:
    """What a lower overhead would cut off is retired first; with a reason by name it is gone."""
    before, lower = (
        {IMPLEMENTATION: (registry / IMPLEMENTATION).read_bytes()},
        tokens("low", 920, 820),
    )
    assert "2 more calls would be cut off" in _red(propose(lower))["stratum-regression"]
    missed = [
        one.id for one in stored(registry) if one.id.startswith(("b85d17b40ed8", "7748bef2e2dd"))
    ]
    change = {RETIRED: dumped({"retired": [{"id": one, "reason": "old"} for one in missed]})}
    if answered:
        answers = [
            {"file": f"{RETIRED}#{one}", "reason": "the log is another task's"} for one in missed
        ]
        change[GATES] = dumped(
            yaml.safe_load((registry / GATES).read_bytes()) | {"flattered": answers}
        )
    report = propose({**before, **change})
    assert not _red(report)
    assert report["anchor"] is None or report["anchor"]["retired"] == 2
    red = _red(propose(lower))
    assert bool(red) != answered
    assert answered or "2 more calls would be cut off" in red["stratum-regression"]


def test_an_interval_that_was_claimed_since_the_anchor_counts(
    propose: Propose, tokens: Tokens, registry: Path
) -> None:
    """The anchor claims none, the next state one, and the one after that a wider one."""
    first, content = "interval: [800, 9530], ", (registry / IMPLEMENTATION).read_text("utf-8")
    assert first in content

    def claiming(interval: str) -> FileChanges:
        return {IMPLEMENTATION: content.replace(first, interval).encode()}

    propose(claiming(""))
    assert not _red(propose(claiming(first)))
    narrow = yaml.safe_load(content)["overhead"]["high"]["tokens"]
    assert narrow == 1590
    assert not _red(propose(claiming("interval: [1500, 1600], ")))
    assert not _red(propose(claiming("interval: [0, 900000], ")))
    red = _red(propose(tokens("high", 1590, 1610)))
    assert "out of the basis.interval 1500 to 1600 of the accepted state" in red["swing"]


def test_invented_calls_do_not_carry_what_the_others_would_not(
    propose: Propose, registry: Path
) -> None:
    plant = _planted(registry, "invented-then-values", 1)
    assert not _red(propose(plant.past[1]))  # bad news may land
    red = _red(propose(plant.changed))
    assert "diluted" in red
    assert "which met it, smape: Mean SMAPE is" in red["diluted"]
