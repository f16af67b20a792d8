"""The registry of 53 models: valid, not worse than it says, and its page shows what is printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.end_to_end.pages import (
    EXAMPLE,
    Step,
    accepted_example,
    run,
    says,
    steps,
)

AIRUN = EXAMPLE.parent


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example in its folder of a repository that has accepted it, and another registry."""
    return accepted_example(tmp_path_factory.mktemp("airun"))


def test_it_is_valid_and_the_nearest_registry_answers(accepted: Path, tmp_path: Path) -> None:
    [checked] = run(["coefgate check"], cwd=accepted / "coefficients" / "overhead", home=tmp_path)
    assert (checked.code, checked.output[0].rpartition(" in ")[2]) == (
        0,
        "coefficients/, 787 samples",
    )


@pytest.mark.parametrize(
    "step", [pytest.param(step, id=step.command) for step in steps(EXAMPLE.read_text("utf-8"))]
)
def test_prints_what_the_page_says(step: Step, accepted: Path, tmp_path: Path) -> None:
    [printed] = run([step.command], cwd=accepted, home=tmp_path)
    assert printed.code == 0
    assert says(step, printed.output), "If what is printed is right: make docs"


def test_a_worse_factor_of_a_model_is_stopped(accepted: Path, tmp_path: Path) -> None:
    asked = "coefgate try model.GPT4_Turbo=0.2"
    [tried] = run([asked], cwd=accepted, home=tmp_path)
    assert tried.code == 1
    assert any(line.startswith("FAIL") for line in tried.output)


def test_nothing_of_the_source_but_figures_is_shipped() -> None:
    assert {path.suffix for path in AIRUN.rglob("*") if path.is_file()} <= {
        ".yaml",
        ".jsonl",
        ".md",
        ".py",
        "",
    }
    named = "https://github.com/epam/AIRUN-LLM-Benchmark-Results"
    for page in (EXAMPLE, AIRUN / "LICENSE"):
        text = page.read_text("utf-8")
        assert named in text
        assert "0d066fe9" in text
        assert "4.0" in text
