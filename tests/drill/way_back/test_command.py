"""``coefgate drill rollback`` as a user runs it: real releases, runners that follow a remote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from coefgate.commands import cli
from coefgate.drill.way_back.ledger import RollbackDrill
from tests.reports.pages.test_drills import RIGHT


def drilled(
    registry: Path, *words: str, mutant: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "coefgate",
            "drill",
            "rollback",
            "--registry",
            str(registry),
            *words,
        ],
        env={
            **os.environ,
            "COLUMNS": "200",
            **({} if mutant is None else {"PYTHONPATH": str(mutant)}),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_runner_is_back_on_the_old_digest(registry: Path) -> None:
    done = drilled(registry, "--format", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    (drill,) = json.loads(done.stdout)["drills"]
    good, broken, back = drill["releases"]
    assert [release["version"] for release in drill["releases"]] == ["1.0.0", "1.0.1", "1.0.2"]
    assert back["digest"] == good["digest"] != broken["digest"]
    assert back["tokens"] == good["tokens"] > broken["tokens"]
    assert [runner["versions"] for runner in drill["runners"]] == [["1.0.0", "1.0.1", "1.0.2"]] * 3
    assert drill["complaints"] == []
    # It is the rollback that brings them back: each comes back after the call for it.
    back_after = [runner["back_after"] for runner in drill["runners"]]
    assert min(back_after) > 0
    assert drill["back_after"] == pytest.approx(max(back_after), abs=0.001)


@pytest.mark.parametrize(
    "complaints", [(), ("runner-1 never came back",)], ids=["right", "one is wrong"]
)
def test_several_drills_are_summed_up(
    complaints: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    registry: Path,
) -> None:
    asked: list[tuple[int, str]] = []

    def drill(files: Mapping[str, bytes], *, complexity: str, runners: int) -> RollbackDrill:
        assert "coefficients/registry.yaml" in files
        asked.append((runners, complexity))
        return replace(RIGHT, complaints=complaints if len(asked) == 2 else ())

    monkeypatch.setattr("coefgate.use_cases.drill.drilled", drill)
    words = ("drill", "rollback", "--registry", str(registry), "--times", "3", "--runners", "2")
    assert cli.run(words) == (1 if complaints else 0)
    assert asked == [(2, "low")] * 3
    said = capsys.readouterr().out
    assert f"{2 if complaints else 3} of 3 drills passed." in said
    assert "every runner was back after" in said


@pytest.mark.parametrize(
    ("mutation", "words"),
    [
        (
            (
                "from coefgate.core import release\n"
                "release.form = lambda *checks: lambda value, place: value"
            ),
            "serves 1.0.9, whose numbers are not those of its digest",
        ),
        (
            (
                "import sys\n"
                "if 'rollback' in sys.argv[1:2]:\n"
                "    from coefgate.use_cases.releases import way_back\n"
                "    way_back.with_yanked = lambda content, rows: b'yanked: []\\n'\n"
            ),
            "whoever has pinned 1.0.1 is directed to nothing instead of 1.0.2",
        ),
    ],
    ids=["a runtime that checks no digest", "a rollback that withdraws nothing"],
)
@pytest.mark.no_cover  # the same steps as above
def test_what_is_broken_turns_the_drill_red(
    mutation: str, words: str, registry: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(mutation, "utf-8")
    done = drilled(registry, "--runners", "1", mutant=tmp_path)
    assert done.returncode == 1
    assert words in done.stdout + done.stderr


@pytest.mark.no_cover  # the same steps as above
def test_a_registry_that_misses_its_limits_is_drilled_as_well(registry: Path) -> None:
    gates = registry / "coefficients/gates.yaml"
    gates.write_text(gates.read_text("utf-8").replace("mean_below: 50", "mean_below: 20"), "utf-8")
    done = drilled(registry, "--runners", "1")
    assert done.returncode == 0, done.stderr
    assert "1 of 1 drill passed." in done.stdout
