"""Categories that are called otherwise, merged or split: what is compared is what a name means."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from coefgate.reports.figures import count_words
from coefgate.samples.status import CallCount
from tests.end_to_end.conftest import Coefgate
from tests.replay.documents import errors

Git = Callable[..., str]
OVERHEAD = "coefficients/overhead"
MARGINS = "coefficients/safety_margins.yaml"


def _read(registry: Path, file: str) -> Any:
    return yaml.safe_load((registry / file).read_text("utf-8"))


def _write(registry: Path, file: str, document: Any) -> None:
    (registry / file).write_text(yaml.safe_dump(document, sort_keys=False), "utf-8")


def _category(registry: Path, old: str, new: str, *aliases: str) -> None:
    """The category ``old`` under a name and with aliases."""
    document = _read(registry, f"{OVERHEAD}/{old}.yaml")
    (registry / f"{OVERHEAD}/{old}.yaml").unlink()
    _write(
        registry, f"{OVERHEAD}/{new}.yaml", document | {"category": new, "aliases": list(aliases)}
    )


def _docs_low(registry: Path, category: str, tokens: int) -> None:
    document = _read(registry, f"{OVERHEAD}/{category}.yaml")
    document["overhead"]["low"]["tokens"] = tokens
    _write(registry, f"{OVERHEAD}/{category}.yaml", document)


def _swapped(registry: Path) -> None:
    _category(registry, "docs", "documentation", "docs")


def _new_name(registry: Path) -> None:
    _category(registry, "docs", "guides", "docs", "documentation")


def _dropped(registry: Path) -> None:
    _category(registry, "docs", "guides", "documentation")


def _merged(registry: Path) -> None:
    (registry / f"{OVERHEAD}/tests.yaml").unlink()
    _category(registry, "docs", "docs", "documentation", "tests", "testing")


def _both_merged(registry: Path) -> None:
    (registry / f"{OVERHEAD}/tests.yaml").unlink()
    _category(registry, "docs", "texts", "docs", "documentation", "tests", "testing")


def _split(registry: Path) -> None:
    document = _read(registry, f"{OVERHEAD}/docs.yaml")
    _category(registry, "docs", "docs")
    _write(
        registry,
        f"{OVERHEAD}/documentation.yaml",
        document | {"category": "documentation", "aliases": []},
    )


CASES: dict[str, tuple[Callable[[Path], None], dict[str, tuple[int, int]]]] = {
    "swapped": (_swapped, {"docs → documentation (renamed; docs stays an alias)": (0, 5)}),
    "new-name": (_new_name, {"docs → guides (renamed; docs stays an alias)": (0, 5)}),
    "dropped": (_dropped, {"docs → guides (renamed; docs is no longer a name)": (4, 5)}),
    "merged": (_merged, {"tests → docs (merged; tests stays an alias)": (8, 8)}),
    "both-merged": (
        _both_merged,
        {
            "docs → texts (merged; docs stays an alias)": (0, 5),
            "tests → texts (merged; tests stays an alias)": (8, 8),
        },
    ),
    "split": (_split, {"docs → documentation (split off; documentation leads there now)": (0, 1)}),
}
"""What is done, and what is told: of how many calls how many are predicted differently."""


def _json(coefgate: Coefgate, command: str, schema: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(coefgate(command, "--format", "json").out)
    assert errors(schema, document) == []
    return document


def _calls_words(counts: dict[str, dict[str, int]]) -> str:
    calls, moved = (count_words(CallCount(**counts[name])) for name in ("calls", "moved"))
    return f"{calls}; predicted differently: {moved}"


@pytest.mark.parametrize("case", CASES)
def test_every_report_tells_it_as_what_it_is(
    case: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    step, told = CASES[case]
    step(registry)
    for document in (_json(coefgate, "diff", "diff"), _json(coefgate, "gate", "report")):
        assert [(one["moved"], one["calls"]) for one in document["renames"]] == list(told.values())
        assert not document.get("same")
    texts = [
        coefgate(*words).out for words in (("diff",), ("gate",), ("gate", "--format", "github"))
    ]
    markdown = coefgate("gate", "--format", "markdown").out.replace("`", "")
    told_calls = {
        (one["calls"], one["moved"]): _calls_words(one["counts"]) for one in document["renames"]
    }
    for words, (moved, calls) in told.items():
        assert all(words in text for text in (*texts, markdown))
        assert f"{words}: {told_calls[calls, moved]}" in markdown
    assert not any("samples support" in text for text in texts)
    assert "n/a →" not in texts[1]  # a slice of calls is one slice, whatever either side calls it


@pytest.mark.parametrize("case", ["swapped", "new-name", "split"])
def test_a_name_that_leads_on_changes_nothing_else(
    case: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    CASES[case][0](registry)
    document = _json(coefgate, "gate", "report")
    assert (document["headline"], document["changes"]) == ("PASS", [])
    assert (document["coverage"]["lost"], document["coverage"]["gained"]) == ([], [])
    assert all(one["base"] == one["head"] for one in document["strata"])


def test_a_new_name_is_no_new_value(registry: Path, git: Git, coefgate: Coefgate) -> None:
    _new_name(registry)
    was = "(it was called docs.low)"
    assert (
        f"\nlast changed: in the folder, not committed {was}\n"
        in coefgate("explain", "guides.low").out
    )
    git("add", "-A")
    git("commit", "-qm", "renamed")
    assert f" by A Tester {was}: renamed\n" in coefgate("explain", "guides.low").out


@pytest.mark.parametrize(("step", "name"), [(_swapped, "documentation"), (_new_name, "guides")])
def test_a_value_that_changes_with_its_name_is_the_same_value(
    step: Callable[[Path], None], name: str, registry: Path, git: Git, coefgate: Coefgate
) -> None:
    step(registry)
    _docs_low(registry, name, 15400)
    for document in (_json(coefgate, "diff", "diff"), _json(coefgate, "gate", "report")):
        assert [(one["base"], one["head"], one["calls"]) for one in document["changes"]] == [
            (15490, 15400, 5)
        ]
        assert [(one["head"], one["moved"]) for one in document["renames"]] == [(name, 5)]
    git("add", "-A")
    git("commit", "-qm", "renamed")
    steps = json.loads(coefgate("history", f"{name}.low", "--format", "json").out)["steps"]
    assert [(one["called"], one["number"]) for one in steps] == [
        (f"{name}.low", 15400),
        ("docs.low", 15490),
    ]


def test_a_rename_beside_another_split_of_the_numbers_is_no_change_to_the_rules(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    files = [f"{OVERHEAD}/{file.name}" for file in (registry / OVERHEAD).iterdir()]
    files += ["coefficients/registry.yaml", "coefficients/marginal_costs.yaml"]

    def priced(step: Callable[[int], int]) -> None:
        for file in files:
            document = _read(registry, file)
            groups = [document["overhead"]] if "overhead" in document else []
            groups += [*document.get("marginal_costs", {}).values(), document.get("fallback", {})]
            for entry in (one for group in groups for one in group.values()):
                entry["tokens"] = step(entry["tokens"])
                entry["basis"].pop("interval", None)
            _write(registry, file, document)

    priced(lambda tokens: tokens - tokens % 5)
    git("commit", "-qam", "prices that five divides")
    priced(lambda tokens: tokens // 5)
    margins = _read(registry, MARGINS)
    margins["default"]["factor"] = 5
    _write(registry, MARGINS, margins)
    _new_name(registry)
    document = _json(coefgate, "gate", "report")
    assert (document["headline"], document["another_split"]) == ("PASS", True)
    assert [(one["head"], one["moved"]) for one in document["renames"]] == [("guides", 0)]


def test_a_margin_that_is_written_out_is_told_where_digests_differ(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    margins = _read(registry, MARGINS)
    margins["cells"] = {
        "docs": {"low": {**margins["default"], "basis": {**margins["default"]["basis"]}}}
    }
    _write(registry, MARGINS, margins)
    assert coefgate("diff").out.splitlines()[:2] == [
        "no difference: no number, name, path rule or threshold has changed",
        "the digests differ: a margin that is the default was written out or left out",
    ]


def test_a_release_tells_the_new_name_and_whose_value_moved(
    registry: Path, git: Git, coefgate: Coefgate
) -> None:
    for setting in (("user.name", "A Tester"), ("user.email", "tester@example.org")):
        git("config", *setting)
    assert coefgate("release").code == 0
    _swapped(registry)
    _docs_low(registry, "documentation", 15400)
    git("add", "coefficients")
    git("commit", "-qm", "renamed")
    out = coefgate("release", "--dry-run").out
    assert "\nwhy: patch: category docs is called documentation now; every key stays\n" in out
    assert "\n- `docs` → `documentation` (renamed; `docs` stays an alias)\n" in out
    assert "\n- `docs.low` 15,490 → 15,400 (fit, see `docs/" in out
