"""``coefgate gate`` on what comes back: earlier states, reverts, and ways around."""

from __future__ import annotations

import json
from pathlib import Path

from tests.end_to_end.conftest import Coefgate, Edit, Git, Verdict

DOCS = "coefficients/overhead/docs.yaml"


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
    assert "queries.low moves from 3000 to 5 (× 600.0 since it was removed)" in red["swing"]
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
