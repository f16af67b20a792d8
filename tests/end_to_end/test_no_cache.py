"""Where no cache can be had, the answer is given without one, with one warning."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.end_to_end.bare import Runner, remote, runner
from tests.runner.remotes import Remote

__all__ = ["remote", "runner"]

LOADS = """
from coefgate import Registry
registry = Registry.from_lock()
print(registry.version)
with registry.follow("latest", every=300) as following:
    print(following.check(), following.problem)
"""
# A user id without an entry, as containers are started with: nobody knows its home.
UNKNOWN_USER = """
import pwd
def unknown(uid):
    raise KeyError(uid)
pwd.getpwuid = unknown
"""
NOWHERE = "there is no place for a cache: neither COEFGATE_CACHE nor HOME names a folder"


def _unknown_user(folder: Path) -> dict[str, str | None]:
    (folder / "site").mkdir()
    (folder / "site/sitecustomize.py").write_text(UNKNOWN_USER, "utf-8")
    return {"HOME": None, "PYTHONPATH": str(folder / "site")}


def _load(python: Path, folder: Path, environment: Mapping[str, str | None]) -> tuple[str, str]:
    wanted = {"PATH": os.environ["PATH"], **environment}
    done = subprocess.run(
        [python, "-c", LOADS],
        cwd=folder / "work",
        env={name: value for name, value in wanted.items() if value is not None},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.mark.parametrize("home", ["unknown user", "", "relative", "~"])
def test_no_home(
    runner: Runner, remote: Remote, bare_python: Path, tmp_path: Path, home: str
) -> None:
    none = _unknown_user(tmp_path) if home == "unknown user" else {"HOME": home}
    if home == "~":
        none = {"HOME": "", "COEFGATE_CACHE": "~/cache"}
    done = runner("pin", f"{remote.url}@1.1.0", environment=none)
    assert done.returncode == 0
    assert done.stdout.startswith("coefgate.lock now pins 1.1.0")
    assert done.stderr.count(NOWHERE) == 1
    assert "used but not kept, and will be asked for again" in done.stderr
    assert runner("verify", "--online", environment=none).returncode == 0
    assert runner("show", environment=none).returncode == 0
    assert runner("update", environment=none).returncode == 0
    offline = runner("verify", environment=none)
    assert offline.returncode == 5
    assert offline.stderr.endswith("Fetch it with: coefgate verify --online\n")
    out, err = _load(bare_python, tmp_path, none)
    assert out == "1.1.0\n() None\n"
    assert err.count(NOWHERE) == 1
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["coefgate.lock"]


def test_a_signature_that_cannot_be_checked_is_no_wrong_one(
    runner: Runner, remote: Remote, tmp_path: Path
) -> None:
    """Under a user id without an entry ssh-keygen ends before it looks."""
    key = tmp_path / "key"
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(made, check=True, capture_output=True)
    (tmp_path / "signers").write_text(
        f"a@example.org {key.with_suffix('.pub').read_text('utf-8')}", "utf-8"
    )
    signing = ["-c", "gpg.format=ssh", "-c", f"user.signingKey={key}"]
    remote.release("2.0.0", 20, options=["-s"], settings=signing)
    pin = ("pin", remote.url, "--allowed-signers", str(tmp_path / "signers"))
    done = runner(*pin, environment=_unknown_user(tmp_path))
    assert (done.returncode, done.stdout) == (5, ""), done.stderr
    assert "was not checked: the user has no name here" in done.stderr
    assert runner(*pin).returncode == 0


@pytest.mark.parametrize("name", ["HOME", "XDG_CACHE_HOME", "COEFGATE_CACHE"])
def test_a_folder_that_cannot_be_made(
    runner: Runner, remote: Remote, bare_python: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = {name: str(tmp_path / "file/none")}
    done = runner("pin", remote.url, environment=blocked)
    assert done.returncode == 0
    assert done.stderr.count("is used but not kept, and will be asked for again: the cache ") == 1
    out, err = _load(bare_python, tmp_path, {"HOME": str(tmp_path / "home"), **blocked})
    assert out.startswith("1.1.0\n")
    assert err.count("RuntimeWarning: what was found is used but not kept") == 1
