"""Every rule through the real command: a change that it refuses, and the way on that its message names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from coefgate.core.trees import FolderTree
from coefgate.samples.identity import fields_of, stored_line
from coefgate.samples.reading import read_samples
from coefgate.samples.store import add_samples
from tests.end_to_end.conftest import Coefgate
from tests.end_to_end.stored_calls import WHOLE

Git = Callable[..., str]
STORE = "samples/autopack/2025-12-17-17275740.jsonl"
DOCS = "coefficients/overhead/docs.yaml"
MARGINS = "coefficients/safety_margins.yaml"
GATES = "coefficients/gates.yaml"


@pytest.fixture
def edit(registry: Path, git: Git) -> Callable[..., None]:
    """Exchange text in a file of the registry, which stands on an accepted first commit."""

    def run(file: str, *pairs: tuple[str, str]) -> None:
        text = (registry / file).read_text("utf-8")
        for old, new in pairs:
            assert old in text, (file, old)
            text = text.replace(old, new, 1)
        (registry / file).write_text(text, "utf-8")

    return run


@pytest.fixture
def verdict(coefgate: Coefgate) -> Callable[..., tuple[int, dict[str, str]]]:
    """Run the gate: its exit code, and the message of each rule that does not pass."""

    def run(*arguments: str) -> tuple[int, dict[str, str]]:
        found = coefgate("gate", *arguments, "--format", "json")
        if not found.out:
            return found.code, {}
        rules: list[dict[str, Any]] = json.loads(found.out)["rules"]
        return found.code, {
            rule["rule"]: rule["message"] for rule in rules if rule["status"] != "pass"
        }

    return run


Edit = Callable[..., None]
Verdict = Callable[..., tuple[int, dict[str, str]]]


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
    low = "  low:\n    tokens: 15490\n    basis: {kind: fit, samples: 5, interval: [490, 17810], reference: "
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


def test_lines_that_are_gone_altered_or_moved(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    store = registry / STORE
    lines = store.read_bytes().splitlines(keepends=True)
    store.write_bytes(b"".join(lines[1:]))
    assert "sample-removed" in verdict()[1]

    fields = json.loads(lines[0]) | {"actual_output_tokens": 5}
    store.write_bytes(b"".join([stored_line(fields), *lines[1:]]))
    assert "sample-changed" in verdict()[1]

    store.write_bytes(b"".join(lines))
    store.rename(store.with_name("2025-12-17-00000000.jsonl"))
    assert "sample-changed" in verdict()[1]


def _corrected(registry: Path, status: Callable[[Any], bool], **changes: object) -> None:
    """Correct the first call that is of this kind."""
    store = read_samples(FolderTree(registry))
    old = next(one for one in store.samples if status(one))
    fields = fields_of(old) | {"supersedes": old.id} | changes
    add_samples([stored_line(fields)], source="corrected.jsonl", root=registry)


def _cut_off(one: Any) -> bool:
    return bool(one.truncated and one.phase_id == "telemetry-v5-d2-usage-examples")


def test_a_call_that_was_cut_off_is_not_corrected_away(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    _corrected(registry, _cut_off, **WHOLE, success=False)
    code, red = verdict()
    assert (code, set(red)) == (1, {"cell-shrunk", "corrected"})
    assert "sample 56fefbdc668f, cut off at 16,384 tokens, counts no longer" in red["cell-shrunk"]


def test_a_call_that_was_cut_off_may_turn_out_to_be_complete(
    registry: Path, edit: Edit, verdict: Verdict, coefgate: Coefgate
) -> None:
    longer = {"actual_output_tokens": 17000, "max_output_tokens": None}
    _corrected(registry, _cut_off, **WHOLE, success=True, **longer)
    assert verdict() == (0, {})
    said = "docs/low ≥ 16,384 tokens → docs/low 17,000 tokens"
    for form in ("text", "markdown", "github"):
        assert said in " ".join(coefgate("gate", "--format", form).out.split())


def test_a_call_that_was_cut_off_is_not_displaced(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    store = read_samples(FolderTree(registry))
    old = next(one for one in store.samples if _cut_off(one))
    fields = fields_of(old) | {
        "reference": "new:1",
        "attempt": 9,
        "observed_at": "2025-01-01T00:00:00+11:00",
        "actual_output_tokens": 1,
    }
    add_samples([stored_line(fields)], source="new.jsonl", root=registry)
    assert verdict() == (0, {})
    # An earlier one that says as much about the same files takes its place, and nothing is lost.
    again = fields | {"reference": "new:3", "attempt": 11, "actual_output_tokens": 16384}
    add_samples([stored_line(again)], source="again.jsonl", root=registry)
    assert verdict() == (0, {})
    elsewhere = fields | {
        "reference": "new:2",
        "attempt": 10,
        "observed_at": "2024-01-01T00:00:00+11:00",
        "actual_output_tokens": 16384,
        "category": "tests",
    }
    add_samples([stored_line(elsewhere)], source="other.jsonl", root=registry)
    code, red = verdict()
    assert (code, set(red)) == (1, {"cell-shrunk"})


def test_a_call_that_was_cut_off_gives_way_to_none_about_other_files(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    old = next(one for one in read_samples(FolderTree(registry)).samples if _cut_off(one))
    many = [
        {"path": f"docs/{n}.md", "operation": "create", "bytes_before": None} for n in range(8)
    ]
    fields = fields_of(old) | {
        "reference": "new:1",
        "attempt": 9,
        "observed_at": "2025-01-01T00:00:00+11:00",
        "deliverables": many,
    }
    add_samples([stored_line(fields)], source="new.jsonl", root=registry)
    code, red = verdict()
    assert (code, set(red)) == (1, {"cell-shrunk"})
    assert "counts no longer: it gives way to" in red["cell-shrunk"]


def test_a_call_that_was_cut_off_is_not_paid_for_with_another(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    _corrected(registry, _cut_off, **WHOLE, success=False)
    _more(registry, 1, category="docs", complexity="low", actual_output_tokens=16000)
    assert "cell-shrunk" in verdict()[1]


def _more(registry: Path, count: int, **changes: object) -> None:
    """Store calls of new phases, like the first eligible one but for ``changes``."""
    store = read_samples(FolderTree(registry))
    like = next(
        one
        for one in store.samples
        if one.category == "implementation"
        and one.success
        and one.paths == "real"
        and not one.truncated
    )
    new = [
        fields_of(like)
        | {
            "phase_id": f"new-{n}",
            "run_id": "new",
            "reference": f"new:{n}",
            "max_output_tokens": None,
            "duplicate_of": None,
            "supersedes": None,
            "same_ceiling_as": None,
        }
        | changes
        for n in range(count)
    ]
    add_samples([stored_line(fields) for fields in new], source="new.jsonl", root=registry)


def test_bad_news_lands_and_is_loud(
    registry: Path, edit: Edit, coefgate: Coefgate, git: Git, verdict: Verdict
) -> None:
    _more(registry, 12, actual_output_tokens=60_000)
    found = coefgate("gate")
    assert found.code == 0, found.text
    assert "BAD NEWS" in found.out
    git("add", "-A")
    git("commit", "-qm", "bad news")
    edit(
        "coefficients/marginal_costs.yaml", ("tokens: 2210", "tokens: 2150")
    )  # no worse on all, better on none
    assert verdict()[0] == 1


def test_easy_calls_do_not_carry_a_worse_figure(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    edit(MARGINS, ("factor: 1\n", "factor: 1.35\n"))
    assert "waste-band" in verdict()[1]
    _more(registry, 60, actual_output_tokens=10_000)
    code, red = verdict()
    assert code == 1
    assert "waste-band" not in red
    assert "waste-band" in red["diluted"]


def test_easy_calls_alone_must_be_explained(
    registry: Path, edit: Edit, verdict: Verdict, coefgate: Coefgate
) -> None:
    _more(registry, 60, actual_output_tokens=7500)  # 7,900 are predicted
    code, red = verdict()
    assert (code, set(red)) == (4, {"flattered"})
    file = next(
        name for name in (registry / "samples").rglob("*.jsonl") if name.name != Path(STORE).name
    )
    path = file.relative_to(registry).as_posix()
    assert f'(`{{file: {path}, reason: "…"}}`)' in coefgate("gate", "--format", "markdown").out
    text = (registry / GATES).read_text("utf-8")
    (registry / GATES).write_text(
        f"{text}flattered: [{{file: {path}, reason: what users really call}}]\n", "utf-8"
    )
    assert verdict() == (0, {})
    assert "asked for by flattered" in coefgate("gate").out


def test_a_retirement_does_not_share_a_change_with_a_figure(
    registry: Path, edit: Edit, verdict: Verdict
) -> None:
    store = read_samples(FolderTree(registry))
    entries = [{"id": store.samples[5].id, "reason": "told twice"}]
    (registry / "samples/retired.yaml").write_text(yaml.safe_dump({"retired": entries}), "utf-8")
    assert verdict()[0] == 0
    edit("coefficients/marginal_costs.yaml", ("tokens: 2210", "tokens: 2200"))
    assert "retired-with-values" in verdict()[1]


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
        _more(registry, 1, actual_output_tokens=3000)
    else:
        edit("coefficients/marginal_costs.yaml", ("tokens: 2210", "tokens: 2200"))
    assert set(verdict()[1]) == {"judge-and-values"}


def test_an_earlier_state_may_always_come_back(
    registry: Path, edit: Edit, git: Git, coefgate: Coefgate
) -> None:
    first = git("rev-parse", "HEAD")
    edit("coefficients/overhead/implementation.yaml", *[("tokens: 920", "tokens: 400")])
    git("commit", "-qam", "much lower")
    edit(DOCS, *[("tokens: 15490", "tokens: 3000")] * 3)
    git("commit", "-qam", "lower still")
    git("checkout", "-qb", "back")
    git("checkout", first, "--", "coefficients")
    found = coefgate("gate", "--format", "json")
    report = json.loads(found.out)
    assert found.code == 0
    assert report["restore"] is True
    assert report["restores"] == first


def test_a_revert_of_one_of_several_changes_needs_no_reason(
    edit: Edit, git: Git, verdict: Verdict
) -> None:
    edit("coefficients/registry.yaml", ("tokens: 2000", "tokens: 4400"))
    git("commit", "-qam", "first")
    edit("coefficients/marginal_costs.yaml", ("tokens: 2210", "tokens: 2200"))
    git("commit", "-qam", "second")
    git("checkout", "-qb", "back")
    git("revert", "--no-edit", "HEAD~1")
    assert verdict() == (0, {})


def _accepted(git: Git, what: str) -> None:
    git("add", "-A")
    git("commit", "-qm", what)


def test_a_revert_of_one_of_several_models(edit: Edit, git: Git, verdict: Verdict) -> None:
    about = "coefficients/registry.yaml"
    edit(about, ("applies_to: [claude-*]", "applies_to: [claude-*, gpt-*]"))
    _accepted(git, "first")
    edit(about, ("applies_to: [claude-*, gpt-*]", "applies_to: [claude-*, gpt-*, glm-*]"))
    _accepted(git, "second")
    edit(about, ("applies_to: [claude-*, gpt-*, glm-*]", "applies_to: [claude-*, glm-*]"))
    assert verdict() == (0, {})
    edit(about, ("applies_to: [claude-*, glm-*]", "applies_to: [claude-*, glm-*, qwen-*]"))
    code, red = verdict()  # nor is what is new in it
    assert (code, set(red)) == (1, {"coefficient-removed"})
    assert "applies_to lacks gpt-*, which it had" in red["coefficient-removed"]


def test_a_revert_of_one_of_several_path_rules(edit: Edit, git: Git, verdict: Verdict) -> None:
    kinds = "coefficients/file_kinds.yaml"
    edit(kinds, ("- test_*.py", "- test_*.py\n      - check_*.py"))
    _accepted(git, "first")
    edit(kinds, ("- test_*.py", "- test_*.py\n      - try_*.py"))
    _accepted(git, "second")
    edit(kinds, ("\n      - check_*.py", ""))
    assert verdict() == (0, {})
    edit(kinds, ("- test_*.py", "- test_*.py\n      - see_*.py"))
    assert "unmeasured" in verdict()[1]


def test_out_and_in_again_is_no_way_around(
    registry: Path, edit: Edit, git: Git, verdict: Verdict
) -> None:
    queries = registry / "coefficients/overhead/queries.yaml"
    basis = "basis: {kind: prior, reference: https://example.org/page}"

    def write(tokens: int) -> None:
        queries.write_text(
            f"category: queries\noverhead:\n  low: {{tokens: {tokens}, {basis}}}\n", "utf-8"
        )

    write(3000)
    assert verdict() == (0, {})
    _accepted(git, "new")
    queries.unlink()
    assert verdict() == (0, {})  # it was not there before
    _accepted(git, "gone")
    write(5)
    code, red = verdict()
    assert code == 1
    assert "queries.low moves from 3000 to 5 (× 600.0 since it was taken out)" in red["swing"]
    write(2900)
    assert set(verdict()[1]) == {"unmeasured"}
    write(3000)
    assert verdict() == (0, {})


def test_the_next_step_names_a_renamed_number_as_it_is_called_now(
    registry: Path, edit: Edit, coefgate: Coefgate
) -> None:
    edit(
        DOCS,
        ("category: docs", "category: manuals"),
        ("aliases: [", "aliases: [docs, "),
        *[("15490", "7000")] * 3,
    )
    (registry / DOCS).rename(registry / "coefficients/overhead/manuals.yaml")
    (step, *_) = json.loads(coefgate("gate", "--format", "json").out)["next"]
    assert step == "coefgate try --range manuals.low"
    assert coefgate(*step.split()[1:]).code == 1


def test_a_report_is_not_written_into_the_registry(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    found = coefgate("gate", "--output", "coefficients/report")
    assert found.code == 2
    assert not (registry / "coefficients/report").exists()
