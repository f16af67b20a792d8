"""A runner's commands as programs: installed without any package, interrupted, piped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.end_to_end.bare import Runner, bare_python, remote, runner
from tests.end_to_end.conftest import SHIPPED, Outcome, run_coefgate
from tests.runner.remotes import Remote, snapshot, yank
from tests.runner.servers import web_server

DECLARED = tomllib.loads((SHIPPED / "pyproject.toml").read_text("utf-8"))["project"]["version"]
__all__ = ["bare_python", "remote", "runner"]


def test_nothing_else_is_installed(bare_python: Path) -> None:
    code = "import importlib.metadata as m; print(*sorted(d.name for d in m.distributions()))"
    done = subprocess.run(
        [bare_python, "-I", "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout == "coefgate\n"


def test_pins_verifies_shows_and_updates_without_any_package(
    runner: Runner, remote: Remote, tmp_path: Path
) -> None:
    done = runner("pin", f"{remote.url}@1.0.0")
    assert done.returncode == 0
    assert done.stderr.startswith("Next: commit coefgate.lock, then load what it pins with")
    assert done.stdout == f"coefgate.lock now pins 1.0.0 ({snapshot(10).digest})\n"
    kept = {path.read_bytes() for path in (tmp_path / "home/.cache/coefgate/snapshots").iterdir()}
    assert kept == {
        snapshot(10).data,
        snapshot(11).data,
    }  # what is pinned, and the newest that was looked at
    assert runner("verify").returncode == 0
    remote.release("1.1.1", 12, yanked=[yank("1.0.0", "1.1.1")])
    done = runner("verify", "--online")
    assert done.returncode == 0
    assert "version 1.0.0 was withdrawn" in done.stderr
    assert runner("verify", "--strict").returncode == 1
    shown = json.loads(runner("show", "--format", "json").stdout)
    assert (shown["version"], shown["newest"], shown["cached"]) == ("1.0.0", "1.1.1", True)
    assert runner("update").stdout.endswith(
        f"now pins 1.1.1 ({snapshot(12).digest}), before 1.0.0\n"
    )
    shutil.rmtree(remote.folder)
    assert runner("verify").returncode == 0
    assert runner("verify", "--online").returncode == 5
    assert runner("show").returncode == 0


RUNNER = """
from coefgate import Registry
registry = Registry.from_lock()
made = registry.estimate(
    category="docs", complexity="low", deliverables=["create:docs/guide.md"], model=None
)
assert made.budget(floor=1, ceiling=1_000_000) == made.tokens
print(made.registry_version, made.digest)
with registry.follow("latest", every=300) as following:
    for event in following.check():
        print(event.kind, event.message, event.current.version)
    print(following.problem, registry.version)
"""


def test_estimates_and_follows_without_any_package(
    runner: Runner, remote: Remote, bare_python: Path, tmp_path: Path
) -> None:
    """What was pinned, without its source; then, with its source, through a rollback."""
    assert runner("pin", remote.url).returncode == 0

    def run() -> tuple[str, str]:
        done = subprocess.run(
            [bare_python, "-I", "-W", "error", "-c", RUNNER],
            cwd=tmp_path / "work",
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path / "home")},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout, done.stderr

    pinned = f"1.1.0 {snapshot(11).digest}\n"
    assert run() == (f"{pinned}None 1.1.0\n", "")
    remote.release("1.1.1", 10, yanked=[yank("1.1.0", "1.1.1")])
    assert run() == (f"{pinned}swapped 1.1.0 was withdrawn: too low 1.1.1\nNone 1.1.1\n", "")
    shutil.rmtree(remote.folder)
    told, said = run()  # the cache has the pin, and remembers that it was withdrawn
    assert (told, "Use 1.1.1 instead: coefgate update --to 1.1.1" in said) == ("", True)


def test_help_says_what_works_without_packages(runner: Runner) -> None:
    done = runner("--help")
    assert done.returncode == 0
    here, _, further = done.stdout.partition("Commands that need further packages:")
    assert all(f"\n  {name}" in here for name in ("pin", "update", "verify", "show"))
    assert all(f"\n  {name}" in further for name in ("gate", "estimate", "try"))
    assert "pip install 'click>=" in done.stderr
    assert runner().stdout == runner("help").stdout == done.stdout
    assert runner("help").returncode == 0
    for arguments in (("gate",), ("gate", "--help")):
        done = runner(*arguments)
        assert (done.returncode, done.stdout) == (5, "")
        assert "(extra cli) with: python -m pip install 'click>=" in done.stderr


def test_says_its_version_without_packages(runner: Runner, bare_python: Path) -> None:
    done = runner("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"coefgate {DECLARED}\n"
    code = "import sys, coefgate; print('importlib.metadata' in sys.modules, coefgate.__version__)"
    asked = subprocess.run(
        [bare_python, "-I", "-c", code], check=True, capture_output=True, text=True
    )
    assert asked.stdout == f"False {DECLARED}\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("verfy",), "there is no command 'verfy'. Did you mean verify?"),
        (("gat", "--base", "x"), "there is no command 'gat'. Did you mean gate?"),
        (("xyzzy",), "there is no command 'xyzzy'. See what there is with: coefgate --help"),
        (("--verison",), "there is no option '--verison'. Did you mean --version?"),
        (("verify", "--onlin"), "1 argument too many. Did you mean --online?"),
        (("show", "--fromat=json"), "1 argument too many. Did you mean --format?"),
        (("show", "--xyzzy"), "1 argument too many. See what it takes with: coefgate show --help"),
        (("show", "--format", "jsn"), "invalid choice: 'jsn' (choose from"),
    ],
)
def test_what_is_misspelt_without_packages(
    runner: Runner, arguments: tuple[str, ...], words: str
) -> None:
    done = runner(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_a_cache_that_cannot_be_written(runner: Runner, remote: Remote, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = {"COEFGATE_CACHE": str(tmp_path / "file")}
    done = runner("pin", remote.url, environment=blocked)
    assert done.returncode == 0
    assert "coefgate: warning: what was found is used but not kept" in done.stderr
    assert runner("verify", environment=blocked).returncode == 5
    assert (
        "is not in the cache, as its source says"
        in runner("verify", "--online", environment=blocked).stdout
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted(remote: Remote, tmp_path: Path, number: signal.Signals) -> None:
    """While it waits for a server; neither the lock nor a scratch folder is left behind."""
    (tmp_path / "work").mkdir()
    (tmp_path / "scratch").mkdir()
    surroundings = {"COEFGATE_CACHE": str(tmp_path / "cache"), "TMPDIR": str(tmp_path / "scratch")}
    with web_server() as web:
        web.pages["/r.git/info/refs?service=git-upload-pack"] = web.hang
        process = subprocess.Popen(
            [sys.executable, "-m", "coefgate", "pin", f"{web.root}/r.git"],
            cwd=tmp_path / "work",
            env={**os.environ, **surroundings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert web.first.wait(60)
        process.send_signal(number)
        printed, said = process.communicate(timeout=60)
    assert (process.returncode, printed, said) == (130, "", "interrupted\n")
    assert list((tmp_path / "work").iterdir()) == list((tmp_path / "scratch").iterdir()) == []


def test_a_reader_that_leaves(remote: Remote, tmp_path: Path) -> None:
    command = f"'{sys.executable}' -m coefgate pin --help | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert (done.stdout, done.stderr) == ("0\n", "")


def test_a_folder_with_blanks_and_a_working_copy(tmp_path: Path) -> None:
    remote = Remote(tmp_path / "my registry @ home", bare=False)
    remote.release("1.0.0", 10)
    outcome: Outcome = run_coefgate(
        tmp_path,
        "pin",
        str(remote.folder),
        scratch=tmp_path,
        environment={"COEFGATE_CACHE": str(tmp_path / "cache")},
    )
    assert (outcome.code, "Traceback" in outcome.err) == (0, False)
    assert json.loads((tmp_path / "coefgate.lock").read_text())["url"] == remote.url
