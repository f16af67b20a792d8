"""The program on docs/how-to/runner.md runs, and the page says what the code does."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from coefgate import Estimate, FollowEvent, Registry, YankedVersionWarning
from coefgate.core.estimate import EstimateBasis
from coefgate.runner import serving
from coefgate.runner.lock import NAME, Lock, Trust, lock_bytes
from tests.runner.remotes import Remote, version, yank

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "runner.md").read_text("utf-8")
PROGRAM = "\n".join(re.findall(r"(?ms)^```python\n(.*?)^```$", PAGE))


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """The current folder is that of a platform that has pinned 1.4.1 of a remote."""
    remote = Remote(tmp_path / "remote")
    made = remote.release("1.4.1", 600)
    commit = remote.git("rev-parse", f"{version('1.4.1').tag}^{{commit}}")
    lock = Lock(remote.url, version("1.4.1"), commit, made.digest, Trust())
    folder = tmp_path / "platform"
    folder.mkdir()
    (folder / NAME).write_bytes(lock_bytes(lock))
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COEFGATE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(serving, "_warned", set())
    return remote


def test_the_program_runs_and_sees_a_rollback(
    platform: Remote, capsys: pytest.CaptureFixture[str]
) -> None:
    Registry.from_lock()  # the cache has 1.4.1 from the time when nobody had withdrawn it
    platform.release("1.4.2", yanked=[yank("1.4.1", "1.4.2", "docs are cut off")])
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        exec(compile(PROGRAM, "docs/how-to/runner.md", "exec"), names)  # noqa: S102 (our own page)
        assert ("error", YankedVersionWarning) in {one[:3:2] for one in warnings.filters}
        with pytest.raises(YankedVersionWarning, match=r"Use 1\.4\.2 instead"):
            Registry.from_lock()
    printed = capsys.readouterr().out
    assert printed.startswith("1.4.1 sha256:")
    assert "swapped 1.4.1 was withdrawn: docs are cut off 1.4.2" in printed
    assert names["registry"].version == "1.4.2"
    assert names["estimate"].registry_version == "1.4.1"
    assert 1024 <= names["max_tokens"] <= 16_384
    assert names["following"].problem is None
    assert names["following"].stopped


def _named(heading: str) -> set[str]:
    """The words in the first column of the table below a heading of the page."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    cells = (line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    return {word for cell in cells for word in re.findall(r"`([^`]+)`", cell)}


def test_the_page_names_every_field_and_kind() -> None:
    assert _named("Estimate") == set(Estimate.__slots__)
    assert set(get_args(EstimateBasis)) <= set(re.findall(r"`([^`\n]+)`", PAGE))
    kinds = set(get_args(get_type_hints(FollowEvent)["kind"]))
    assert _named("Follow") == kinds | {"kind", "latest", "1.4", "1", "pinned"}
