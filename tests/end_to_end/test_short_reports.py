"""What commands print at 80 columns unless the whole is asked for: one screen, and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from coefgate.drill.fileset import Fileset
from coefgate.drill.kinds.catalogue import KINDS
from coefgate.drill.run import Answer, rows
from coefgate.use_cases.drill import accepted_files, scratch_copy
from tests.end_to_end.conftest import Coefgate, Outcome, run_coefgate
from tests.end_to_end.pages import accepted_example

Git = Callable[..., str]
SCREEN = 24
"""Lines of the smallest terminal that people have; the prompt takes one of them."""
SHORT = {"COLUMNS": "80", "COEFGATE_VERBOSE": ""}
RED = (
    *("all-raised", "all-lowered", "applies-to-narrowed", "default-margin-raised", "diluted"),
    *("alias-hijacked", "kind-renamed", "sample-removed", "correction-with-coefficient"),
    *("all-calls-retired", "scope-to-fit", "withdrawn-restored", "validator-with-values"),
)
"""Kinds of the drill that most rules object to, or that say the most beside it."""
SEEN_FIRST = ("overfitted-by-hand", "cell-emptied", "category-renamed")
"""Kinds with corrections, reasons or new names as well, which a short report never hides."""
HIGHER_SCREEN = 30
ANSWER = r'((acknowledge|corrected): [{\[].*"…"[}\]]+|\{file: .*, reason: "…"\})'
"""A line of YAML to be copied."""
ANSWERED = (
    *("diluted", "alias-hijacked", "kind-renamed", "scope-to-fit", "withdrawn-restored"),
    *("cell-emptied", "category-renamed"),
)
"""Kinds of which an objection that is shown is answered so."""


def judged(kinds: Sequence[str], scratch: Path) -> dict[str, Outcome]:
    """What a short gate prints of each kind that is planted in this registry."""
    found: dict[str, Outcome] = {}
    files = accepted_files(Path(__file__).parents[2])
    with scratch_copy(files) as repository:
        for kind in (one for one in KINDS if one.name in kinds):

            def gate(words: Sequence[str], name: str = kind.name) -> Answer:
                asked = words[: words.index("--format")] if words[0] == "gate" else words
                found[name] = run_coefgate(scratch, *asked, scratch=scratch, environment=SHORT)
                return Answer(found[name].code, "{}", "")

            list(rows(Fileset(files), [kind], seed=1, gate=gate, scratch=repository))
    return found


@pytest.fixture(scope="module")
def red_gates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    return judged((*RED, *SEEN_FIRST), tmp_path_factory.mktemp("red"))


@pytest.mark.parametrize("kind", [*RED, *SEEN_FIRST])
def test_a_red_gate_is_one_screen(kind: str, red_gates: dict[str, Outcome]) -> None:
    outcome = red_gates[kind]
    lines = outcome.out.splitlines()
    assert outcome.code in {1, 4}
    rows_taken = sum(max(1, -(-len(line) // 80)) for line in lines)
    assert rows_taken < (HIGHER_SCREEN if kind in SEEN_FIRST else SCREEN), outcome.out
    assert lines[0].startswith(("FAIL", "NOT MEASURABLE"))
    assert any(" fails" in line or " is not measurable" in line for line in lines)
    assert any(line.startswith("next: coefgate ") for line in lines)
    assert "the rest: add --verbose; as files: add --output DIR" in lines
    to_copy = ("next: ", "acknowledge: ", "corrected: ")
    assert all(len(line) <= 80 for line in lines if not line.startswith(to_copy))
    assert len([line for line in lines if re.match(r"base: (.* at )?[0-9a-f]{12}$", line)]) == 1
    answers = [line for line in lines if '"…"' in line]
    assert all(re.fullmatch(ANSWER, line) for line in answers), outcome.out
    assert bool(answers) == (kind in ANSWERED), outcome.out


@pytest.mark.parametrize("kind", [*RED, *SEEN_FIRST])
def test_no_sentence_of_a_red_gate_is_cut(kind: str, red_gates: dict[str, Outcome]) -> None:
    assert " …\n" not in red_gates[kind].out


def test_a_registry_that_misses_most_of_its_limits_is_one_screen(tmp_path: Path) -> None:
    outcome = run_coefgate(accepted_example(tmp_path), "gate", scratch=tmp_path, environment=SHORT)
    lines = outcome.out.splitlines()
    assert len(lines) < SCREEN, outcome.out
    assert len([line for line in lines if line.startswith("BAD NEWS: ")]) == 3
    assert lines[-1] == "the rest: add --verbose; as files: add --output DIR"


def test_who_is_to_blame_is_named_at_any_width(git: Git, coefgate: Coefgate) -> None:
    for width in ("40", "80", "200", ""):
        environment = {**SHORT, "COLUMNS": width}
        printed = coefgate("try", "docs.low=1800", "margin.default=4", environment=environment).out
        assert not re.search(" …$", printed, re.MULTILINE), printed
        shown = " ".join(printed.split())
        for rule in ("smape", "waste-band", "waste-p90", "stratum-regression"):
            rest = shown.partition(f"{rule} fails")[2].partition(" fails")[0]
            assert "ade worse by margin.default" in rest, printed
        assert "also red (why: --verbose): swing" in shown


@pytest.mark.parametrize("command", [("gate",), ("replay",), ("try", "docs.low=9000")])
def test_the_whole_is_there_for_who_asks(
    command: tuple[str, ...], git: Git, coefgate: Coefgate
) -> None:
    short = coefgate(*command, environment=SHORT)
    whole = coefgate(*command, "--verbose", environment=SHORT)
    assert len(short.out.splitlines()) <= 2 * SCREEN < len(whole.out.splitlines())
    assert "the rest: add --verbose" in short.out
    assert "the rest: add --verbose" not in whole.out
    assert short.code == whole.code
    assert coefgate(*command, environment={**SHORT, "COEFGATE_VERBOSE": "1"}).out == whole.out


def test_a_pipe_has_the_width_that_columns_says(git: Git, coefgate: Coefgate) -> None:
    lines = coefgate("gate", environment={**SHORT, "COLUMNS": "60"}).out.splitlines()
    assert 50 < max(map(len, lines)) <= 60
    lines = coefgate("gate", environment={**SHORT, "COLUMNS": ""}).out.splitlines()
    assert max(map(len, lines)) > 100
