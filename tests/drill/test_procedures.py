"""A registry with a fitting procedure: what the drill plants on it, and what the gate says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from random import Random

import pytest

from coefgate.commands import cli
from coefgate.drill.fileset import Fileset, with_reasons
from coefgate.drill.kinds.catalogue import KINDS
from coefgate.drill.kinds.verbs import small_change
from coefgate.drill.numbers import Number, numbers, with_value
from coefgate.drill.oracle.opinion import Opinion
from coefgate.drill.run import Answer, rows
from tests.drill.conftest import Memory, drilled, files_of
from tests.end_to_end.checkouts import git
from tests.end_to_end.tuning import make_tunable
from tests.frozen_registry import copy_registry

MEANS_ANOTHER_THING = (
    *("overhead-raised", "unused-changed", "samples-claimed", "cell-margin-to-one"),
    *("category-removed", "kind-renamed"),
)
"""Regressions that are planted, or stopped, otherwise than on values that were set by hand."""
OF_A_PROCEDURE = (
    "overfitted",
    "procedure-without-values",
    "overfitted-by-hand",
    "procedure-taken-out",
)
LET_THROUGH = ("no-harm", "renamed-with-alias", "category-taken-back", "fitted-anew")


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a few calls, and values that its procedure gave."""
    root = tmp_path_factory.mktemp("fitted")
    copy_registry(root)
    make_tunable(root)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "by hand")
    with redirect_stdout(StringIO()):
        assert cli.run(["tune", "--write", "--registry", str(root)]) == 0
    for path, content in files_of(root).items():
        if path.endswith(".yaml"):
            (root / path).write_bytes(with_reasons(content, "the first fit"))
    git(root, "commit", "-qam", "fitted")
    return root


def test_the_gate_passes_the_drill_of_a_procedure(fitted: Path) -> None:
    names = (*MEANS_ANOTHER_THING, *OF_A_PROCEDURE, *LET_THROUGH)
    only = [word for name in names for word in ("--only", name)]
    where = ("--registry", str(fitted), "--seed", "1", "--format", "json")
    found = json.loads(drilled(*where, *only).out)
    assert {row["kind"]: row["note"] for row in found["rows"] if row["status"] != "ok"} == {}
    assert len(found["rows"]) == len(names)
    stopped = {row["kind"]: row["rules"] for row in found["rows"]}
    assert "fit-claims" in stopped["overhead-raised"]
    assert "unseen" in stopped["overfitted-by-hand"]


def number(state: Fileset, name: str) -> Number:
    return next(one for one in numbers(state) if one.name == name)


def opinion(state: Fileset, name: str, by: int) -> Opinion:
    one = number(state, name)
    return Opinion(state, state.after(with_value(state, one, one.value + by)))


def test_a_fitted_number_that_moves_is_none_that_the_procedure_gives(
    by_hand: Fileset, with_procedure: Fileset
) -> None:
    """5,000 tokens more lose a kind of work, and only by unseen calls does the gate know it."""
    name = "implementation.low"
    assert number(with_procedure, name).fitted
    assert "stratum-regression" in opinion(by_hand, name, 5000).broken
    found = opinion(with_procedure, name, 5000)
    assert {"fit-claims", "smape", "swing"} <= found.broken
    assert "fit-claims" in found.measured
    assert "stratum-regression" not in found.broken
    assert not found.decided
    # A step of rounding on either side is no other number.
    assert "fit-claims" not in opinion(with_procedure, name, 20).broken
    assert "fit-claims" in opinion(with_procedure, name, 21).broken


def test_a_number_that_is_held_takes_a_reason_where_calls_use_it(with_procedure: Fileset) -> None:
    used = with_procedure.files["coefficients/overhead/implementation.yaml"]
    held = with_procedure.after(
        {
            "coefficients/overhead/implementation.yaml": used.replace(
                b"kind: fit, samples: ", b"kind: correction, samples: "
            )
        }
    )
    assert not number(held, "implementation.low").fitted
    assert "unseen" in opinion(held, "implementation.low", 100).broken
    assert opinion(held, "frontend.low", 100).broken == {"unmeasured"}
    assert opinion(held, "frontend.low", 100).decided


@pytest.mark.parametrize("seed", range(5))
def test_a_small_change_under_a_procedure_moves_no_call(
    seed: int, with_procedure: Fileset
) -> None:
    plant = small_change(with_procedure, Random(seed))  # noqa: S311 (draws, no secrets)
    head = with_procedure.after(plant.changed)
    assert Opinion(with_procedure, head).decided
    (moved,) = {one.name for one in numbers(head)} & {
        one.name for one in numbers(with_procedure) if one.value != number(head, one.name).value
    }
    (file,) = plant.changed
    entry = number(head, moved).entry_in(head.document(file))
    assert entry["basis"]["kind"] == "correction"
    assert entry["acknowledge"]["from"] == number(with_procedure, moved).value


def test_a_procedure_that_cannot_be_fitted_is_said(with_procedure: Fileset) -> None:
    """The values come from the program's own command: where that fails, nothing is judged."""
    asked = []

    def program(arguments: Sequence[str]) -> Answer:
        asked.append(arguments[0])
        return Answer(3, "", "coefficients/tuning.yaml:1:1  is bad\n")

    again = [kind for kind in KINDS if kind.name == "fitted-anew"]
    (row,) = rows(with_procedure, again, seed=1, gate=program, scratch=Memory())
    assert asked == ["tune"]
    assert (row.status, row.note) == ("wrong", "coefficients/tuning.yaml:1:1  is bad")


def test_every_step_that_waits_for_a_reason_gets_one() -> None:
    waiting = b'low: {tokens: 2, acknowledge: {from: 1, to: 2, reason: ""}}  # why\n'
    assert b"reason: because" in with_reasons(waiting, "because")
    given = waiting.replace(b'""', b'"known"')
    assert with_reasons(given, "because") == given
