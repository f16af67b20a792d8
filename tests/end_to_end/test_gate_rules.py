"""Every rule through the real command: a change that it refuses, and the remedy that it names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate, Edit, Verdict
from tests.end_to_end.stored_calls import store_calls_like_the_first

STORE = "samples/autopack/2025-12-17-17275740.jsonl"
DOCS = "coefficients/overhead/docs.yaml"
GATES = "coefficients/gates.yaml"


def test_a_swing_is_answered_by_the_line_that_the_message_names(
    edit: Edit, verdict: Verdict
) -> None:
    edit("coefficients/registry.yaml", ("tokens: 2000", "tokens: 4400"))
    code, red = verdict()
    assert code == 1
    assert set(red) == {"swing", "unmeasured"}
    line = re.search(r"acknowledge: \{from: 2000, to: 4400, reason: \"…\"\}", red["swing"])
    assert line
    edit("coefficients/registry.yaml", ("tokens: 4400\n", f"tokens: 4400\n    {line[0]}\n"))
    assert verdict() == (0, {})


def test_an_answer_that_names_another_old_value_answers_nothing(
    edit: Edit, verdict: Verdict
) -> None:
    edit(
        "coefficients/registry.yaml",
        ("tokens: 2000\n", "tokens: 4400\n    acknowledge: {from: 4000, to: 4400, reason: a}\n"),
    )
    assert set(verdict()[1]) == {"swing", "unmeasured"}


def test_a_figure_that_no_call_uses_is_not_measurable(edit: Edit, verdict: Verdict) -> None:
    edit("coefficients/overhead/database.yaml", ("tokens: 3000", "tokens: 3300"))
    code, red = verdict()
    assert code == 4
    assert set(red) == {"unmeasured"}


def test_an_alias_that_no_call_carries(edit: Edit, verdict: Verdict) -> None:
    edit(DOCS, ("aliases: [", "aliases: [handbook, "))
    code, red = verdict()
    assert (code, set(red)) == (4, {"unmeasured"})
    line = re.search(
        r"acknowledge: \{from: \[.*?\], to: \[.*?\], reason: \"…\"\}", red["unmeasured"]
    )
    assert line
    edit(DOCS, ("overhead:", f"{line[0]}\noverhead:"))
    assert verdict() == (0, {})


def test_a_path_rule_that_no_path_matches(edit: Edit, verdict: Verdict) -> None:
    edit("coefficients/file_kinds.yaml", ("- test_*.py", "- test_*.py\n      - check_*.py"))
    code, red = verdict()
    assert (code, set(red)) == (4, {"unmeasured"})
    line = re.search(
        r"acknowledge: \{from: \".*?\", to: \".*?\", reason: \"…\"\}", red["unmeasured"]
    )
    assert line
    edit("coefficients/file_kinds.yaml", ("rules:", f"{line[0]}\nrules:"))
    assert verdict() == (0, {})


def test_a_wider_choice_counts_by_what_it_takes_beyond(edit: Edit, verdict: Verdict) -> None:
    kinds = "coefficients/file_kinds.yaml"
    edit(kinds, (",lock}", ",lock,js,tsx}"))
    code, red = verdict()
    assert (code, set(red)) == (4, {"unmeasured"})
    assert "*.js → config" in red["unmeasured"]
    assert "*.tsx → config" in red["unmeasured"]
    edit(kinds, (",lock,js,tsx}", ",lock}"), ("test_*.py", "test*"))
    assert set(verdict()[1]) == {"unmeasured"}


def test_a_choice_may_be_written_in_another_way(edit: Edit, verdict: Verdict) -> None:
    edit(
        "coefficients/file_kinds.yaml",
        ('"*.{md,mdx,rst,adoc}"', '"*.{adoc,md}"\n      - "*.{rst,mdx}"'),
    )
    assert verdict() == (0, {})


def test_a_figure_that_only_claims_samples(edit: Edit, verdict: Verdict) -> None:
    edit(
        "coefficients/overhead/database.yaml",
        ("basis: {kind: prior,", "basis: {kind: fit, samples: 900,"),
    )
    code, red = verdict()
    assert (code, set(red)) == (1, {"unmeasured", "fit-claims"})
    assert "database.low.basis rests on no eligible call" in red["unmeasured"]


def test_every_model_at_once(edit: Edit, verdict: Verdict) -> None:
    edit("coefficients/registry.yaml", ("applies_to: [claude-*]", 'applies_to: [claude-*, "*"]'))
    assert set(verdict()[1]) == {"unmeasured"}


def test_models_that_no_call_names(edit: Edit, verdict: Verdict) -> None:
    edit("coefficients/registry.yaml", ("applies_to: [claude-*]", "applies_to: [claude-*, gpt-*]"))
    code, red = verdict()
    assert (code, set(red)) == (4, {"unmeasured"})
    line = re.search(r"acknowledge: \{applies_to: .*\}\}", red["unmeasured"])
    assert line
    edit("coefficients/registry.yaml", ("applies_to:", f"{line[0]}\napplies_to:"))
    assert verdict() == (0, {})


def test_an_alias_that_is_taken_away(edit: Edit, verdict: Verdict, registry: Path) -> None:
    text = (registry / DOCS).read_text("utf-8")
    (registry / DOCS).write_text(re.sub(r"aliases: \[.*\]", "aliases: []", text), "utf-8")
    code, red = verdict()
    assert code == 1
    assert "coefficient-removed" in red


def test_a_category_renamed_with_its_old_name_as_an_alias(
    edit: Edit, verdict: Verdict, registry: Path
) -> None:
    edit(DOCS, ("category: docs", "category: manuals"), ("aliases: [", "aliases: [docs, "))
    (registry / DOCS).rename(registry / "coefficients/overhead/manuals.yaml")
    assert verdict() == (0, {})


def test_a_rename_does_not_hide_a_swing(edit: Edit, verdict: Verdict, registry: Path) -> None:
    edit(
        DOCS,
        ("category: docs", "category: manuals"),
        ("aliases: [", "aliases: [docs, "),
        *[("15490", "47000")] * 3,
    )
    (registry / DOCS).rename(registry / "coefficients/overhead/manuals.yaml")
    code, red = verdict()
    assert code == 1
    assert "docs.low moves from 15490 to 47000" in red["swing"]


def test_a_category_that_is_gone(edit: Edit, verdict: Verdict, registry: Path) -> None:
    (registry / DOCS).unlink()
    code, red = verdict()
    assert code == 1
    assert "docs.low is gone" in red["coefficient-removed"]


def test_what_is_gone_stands_on_the_line_of_what_held_it(edit: Edit, coefgate: Coefgate) -> None:
    low = (
        "  low:\n    tokens: 15490\n"
        "    basis: {kind: fit, samples: 5, interval: [490, 17810], reference: "
    )
    edit(DOCS, (low, "  #"))  # what was on lines 5 to 7; line 6 is of docs.medium now
    found = coefgate("gate", "--format", "github")
    assert found.code == 1
    assert f"::error file={DOCS},line=4,title=coefficient-removed" in found.out
    assert f"::notice file={DOCS},line=4,title=docs.low" in found.out


def test_a_worse_coefficient_names_its_kind_of_work_and_its_line(
    edit: Edit, coefgate: Coefgate
) -> None:
    edit("coefficients/overhead/implementation.yaml", ("tokens: 920", "tokens: 500"))
    found = coefgate("gate", "--format", "github")
    assert found.code == 1
    assert re.search(r"::error file=coefficients/overhead/implementation.yaml,line=6,", found.out)
    assert "implementation/low" in found.out


LOOSER = (
    ("smape: {mean_below: 50}", "smape: {mean_below: 60%s}", "{from: 50, to: 60, reason: a}"),
    ("rate_below: 0.10}", "rate_below: 0.2%s}", "{from: 0.1, to: 0.2, reason: a}"),
    (
        "median_from: 1.0, median_to: 1.5}",
        "median_from: 0.9, median_to: 1.5%s}",
        "{median_from: {from: 1, to: 0.9, reason: a}}",
    ),
    ("p90_to: 3.0}", "p90_to: 4%s}", "{from: 3, to: 4, reason: a}"),
    ("factor_from: 2}", "factor_from: 3%s}", "{from: 2, to: 3, reason: a}"),
    ("better_by_above: 5}", "better_by_above: 9%s}", "{from: 5, to: 9, reason: a}"),
    (
        "sign_test_below: 0.1, phases_from: 5}",
        "sign_test_below: 0.05, phases_from: 5%s}",
        "{sign_test_below: {from: 0.1, to: 0.05, reason: a}}",
    ),
    ("categories: 8", "categories: 7%s", "{categories: {from: 8, to: 7, reason: a}}"),
    ("models: null", "models: [claude-*]%s", None),
    (
        "observed_since: null",
        'observed_since: "2026-01-01"%s',
        (
            "{models: {from: null, to: [claude-*], reason: a}, "
            'observed_since: {from: null, to: "2026-01-01", reason: a}}'
        ),
    ),
)
"""What stands in gates.yaml, what is looser, and the answer; of the scope the last holds both."""


def test_a_looser_gate_asks_for_a_reason_and_a_change_of_its_own(
    registry: Path, edit: Edit, verdict: Verdict, coefgate: Coefgate
) -> None:
    accepted = (registry / GATES).read_text("utf-8")
    edit(GATES, *((old, new % "") for old, new, _ in LOOSER))
    found = coefgate("gate", "--format", "json")
    assert found.code == 1
    (red,) = (rule for rule in json.loads(found.out)["rules"] if rule["status"] != "pass")
    assert red["rule"] == "gates-loosened"
    said = {finding["message"].removeprefix("rules.") for finding in red["findings"]}
    assert said == {
        "coverage_aims.categories is loosened from 8 to 7",
        "flattered.better_by_above is loosened from 5 to 9",
        "scope.models is loosened from all models to claude-*",
        "scope.observed_since is loosened from any day to 2026-01-01",
        "smape.mean_below is loosened from 50 to 60",
        "stratum-regression.sign_test_below is loosened from 0.1 to 0.05",
        "swing.factor_from is loosened from 2 to 3",
        "underestimation.rate_below is loosened from 0.1 to 0.2",
        "waste-band.median_from is loosened from 1 to 0.9",
        "waste-p90.p90_to is loosened from 3 to 4",
    }
    (registry / GATES).write_text(accepted, "utf-8")
    for old, new, answer in LOOSER:
        beside = ", " if new.endswith("}") else "\n  "
        edit(GATES, (old, new % (f"{beside}acknowledge: {answer}" if answer else "")))
    assert verdict() == (0, {})
    answered = (registry / GATES).read_text("utf-8")
    edit(GATES, ("{models: {from: null, to: [claude-*], reason: a}, ", "{"))
    left = verdict()[1]["gates-loosened"]
    assert left.count(" is loosened ") == 1
    assert "scope.models is loosened" in left
    (registry / GATES).write_text(answered, "utf-8")
    edit("coefficients/marginal_costs.yaml", ("tokens: 2210", "tokens: 2200"))
    assert set(verdict()[1]) == {"gates-loosened"}


def test_a_tighter_gate_needs_no_reason(edit: Edit, verdict: Verdict) -> None:
    edit(GATES, ("mean_below: 50", "mean_below: 45"), ("categories: 8", "categories: 9"))
    assert verdict() == (0, {})


@pytest.mark.parametrize(
    ("judge", "judged"), [("validator/x.py", "coefficients/README"), ("schemas/x.json", STORE)]
)
def test_the_judge_does_not_change_with_what_it_judges(
    registry: Path, edit: Edit, verdict: Verdict, judge: str, judged: str
) -> None:
    (registry / judge).parent.mkdir()
    (registry / judge).write_text("1", "utf-8")
    assert verdict() == (0, {})
    if judged == STORE:
        store_calls_like_the_first(registry, 1, actual_output_tokens=3000)
    else:
        edit("coefficients/marginal_costs.yaml", ("tokens: 2210", "tokens: 2200"))
    assert set(verdict()[1]) == {"judge-and-values"}
