"""The cache: what is read was checked, writers leave one another alone, a full disk is no harm."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem
from coefgate.core.release import Index, Published, index_of
from coefgate.runner.cache import Cache, cache_folder, default_cache
from tests.runner.remotes import snapshot, version, yank

URL = "https://example.org/registry.git"


def _index(*texts: str, yanked: tuple[str, ...] = ()) -> Index:
    published = (Published(version(text), "a" * 40, snapshot().digest) for text in texts)
    return index_of(published, [yank(text) for text in yanked])


def test_gives_back_what_it_keeps(tmp_path: Path) -> None:
    cache, kept = Cache(tmp_path / "deep" / "cache"), snapshot()
    assert cache.snapshot(kept.digest) is None
    assert cache.known(URL) is None
    assert not (tmp_path / "deep").exists()  # reading makes nothing
    cache.keep(kept)
    cache.keep(kept)
    assert Cache(cache.folder).snapshot(kept.digest) == kept
    assert repr(cache) == f"Cache({str(cache.folder)!r})"


def test_what_is_damaged_is_missing_and_is_mended(tmp_path: Path) -> None:
    cache, kept = Cache(tmp_path), snapshot()
    cache.keep(kept)
    [path] = (tmp_path / "snapshots").glob("*.json")
    for damaged in (b"", kept.data[:-1], kept.data.replace(b"1511", b"1512"), b"x" * 5_000_000):
        path.write_bytes(damaged)
        assert cache.snapshot(kept.digest) is None
        cache.keep(kept)
        assert path.read_bytes() == kept.data


@pytest.mark.parametrize(
    "digest", ["", "sha256:", "sha256:../../x", "../../../etc/passwd", "sha256:" + "A" * 64]
)
def test_what_is_no_digest_is_not_there(tmp_path: Path, digest: str) -> None:
    assert Cache(tmp_path).snapshot(digest) is None


def test_remembers_every_release_seen_and_the_last_yanks(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.remember(URL, _index("1.0.0"))
    cache.remember(URL, _index("1.1.0", yanked=("1.0.0",)))
    assert cache.known(URL) == _index("1.0.0", "1.1.0", yanked=("1.0.0",))
    assert cache.known(URL + "x") is None
    cache.remember(URL, _index())  # who lists nothing takes nothing back
    assert cache.known(URL) == _index("1.0.0", "1.1.0", yanked=("1.0.0",))
    cache.remember(URL, _index("1.1.0"))
    assert cache.known(URL) == _index("1.0.0", "1.1.0")


def test_who_asked_before_a_release_takes_back_no_yank_of_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.remember(URL, _index("1.1.1", yanked=("1.1.0",)))
    cache.remember(URL, _index("1.1.0"))
    assert cache.known(URL) == _index("1.1.0", "1.1.1", yanked=("1.1.0",))
    cache.remember(URL, _index("1.1.1"))
    assert cache.known(URL) == _index("1.1.0", "1.1.1")


def test_a_damaged_memory_is_none(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.remember(URL, _index("1.0.0"))
    [path] = (tmp_path / "sources").glob("*.json")
    path.write_bytes(path.read_bytes()[:-20])
    assert cache.known(URL) is None
    cache.remember(URL, _index("1.1.0"))
    assert cache.known(URL) == _index("1.1.0")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = Cache(tmp_path / "file" / "cache")
    assert cache.snapshot(snapshot().digest) is None
    why = r"Not a directory.*export COEFGATE_CACHE=FOLDER"
    with pytest.raises(EnvironmentProblem, match=why):
        cache.keep(snapshot())
    with pytest.raises(EnvironmentProblem, match=why):
        cache.remember(URL, _index("1.0.0"))


@pytest.mark.parametrize("call", ["os.replace", "os.fsync"])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    cache, old = Cache(tmp_path), snapshot()
    cache.keep(old)
    cache.remember(URL, _index("1.0.0"))

    def full(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(call, full)
        with pytest.raises(EnvironmentProblem, match="No space left on device"):
            cache.keep(snapshot(7))
        with pytest.raises(EnvironmentProblem, match="No space left on device"):
            cache.remember(URL, _index("1.1.0"))
    assert cache.snapshot(old.digest) == old
    assert cache.known(URL) == _index("1.0.0")
    assert not list(tmp_path.rglob("*.tmp"))


_FULL = """
import resource, signal, sys
from pathlib import Path
from coefgate.core.problems import EnvironmentProblem
from coefgate.runner.cache import Cache
from tests.runner.remotes import snapshot
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    Cache(Path(sys.argv[1])).keep(snapshot(7))
except EnvironmentProblem as error:
    print(error)
"""


def _run(program: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, str(folder)]
    root = Path(__file__).parents[2]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)


@pytest.mark.no_cover  # the limit would cut what is measured off too
def test_a_write_that_the_system_cuts_off(tmp_path: Path) -> None:
    done = _run(_FULL, tmp_path)
    assert "cannot be written: File too large" in done.stdout, done.stderr
    assert Cache(tmp_path).snapshot(snapshot(7).digest) is None
    assert not list(tmp_path.rglob("*.tmp"))


_KILLED = """
import os, signal, sys
from pathlib import Path
from coefgate.runner.cache import Cache
from tests.runner.remotes import snapshot
os.CALL = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
Cache(Path(sys.argv[1])).keep(snapshot(7))
"""


@pytest.mark.parametrize("call", ["replace", "fsync"])
def test_a_killed_writer_leaves_the_old_state_and_no_lock(tmp_path: Path, call: str) -> None:
    cache, old = Cache(tmp_path, wait=0.0), snapshot()
    cache.keep(old)
    assert _run(_KILLED.replace("CALL", call), tmp_path).returncode == -9
    assert len(list(tmp_path.rglob("*.tmp"))) == 1
    assert cache.snapshot(old.digest) == old
    assert cache.snapshot(snapshot(7).digest) is None
    cache.keep(snapshot(7))
    assert not list(tmp_path.rglob("*.tmp"))


_WRITER = """
import sys
from pathlib import Path
from coefgate.core.release import Published, index_of
from coefgate.runner.cache import Cache
from tests.runner.remotes import snapshot, version
cache, who = Cache(Path(sys.argv[1]), wait=60), int(sys.stdin.read())
for number in range(25):
    kept = snapshot(number)
    cache.keep(kept)
    assert cache.snapshot(kept.digest) == kept
    known = Published(version(f"{who}.0.{number}"), "a" * 40, kept.digest)
    cache.remember("URL", index_of([known], ()))
"""


def test_processes_that_write_at_once_lose_nothing(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)],
            cwd=root,
            stdin=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for who, writer in enumerate(writers):
        assert writer.stdin is not None
        writer.stdin.write(str(who))
        writer.stdin.close()
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    known = Cache(tmp_path).known("URL")
    assert known is not None
    assert set(known.versions) == {version(f"{who}.0.{n}") for who in range(3) for n in range(25)}
    assert len(list((tmp_path / "snapshots").iterdir())) == 25


def test_waits_for_another_holder_and_not_for_ever(tmp_path: Path) -> None:
    inside, done = threading.Event(), threading.Event()

    def hold() -> None:
        with Cache(tmp_path).locked():
            inside.set()
            done.wait(60)

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert inside.wait(60)
        with pytest.raises(EnvironmentProblem, match=r"another process holds .*lock"):
            Cache(tmp_path, wait=0.05).keep(snapshot())
    finally:
        done.set()
        holder.join()
    Cache(tmp_path, wait=0.0).keep(snapshot())


HOME = Path.home()


@pytest.mark.parametrize(
    ("environment", "platform", "folder"),
    [
        ({}, "linux", HOME / ".cache/coefgate"),
        ({"XDG_CACHE_HOME": "/x"}, "linux", Path("/x/coefgate")),
        (
            {"XDG_CACHE_HOME": "relative"},
            "linux",
            HOME / ".cache/coefgate",
        ),  # to be ignored, says XDG
        ({"XDG_CACHE_HOME": "/x"}, "darwin", HOME / "Library/Caches/coefgate"),
        ({"LOCALAPPDATA": "/l"}, "win32", Path("/l/coefgate/Cache")),
        ({}, "win32", HOME / "AppData/Local/coefgate/Cache"),
        ({"COEFGATE_CACHE": "~/c"}, "linux", HOME / "c"),
        ({"COEFGATE_CACHE": "c"}, "win32", Path.cwd() / "c"),
        ({"COEFGATE_CACHE": ""}, "linux", HOME / ".cache/coefgate"),
    ],
)
def test_lies_where_the_platform_keeps_caches(
    environment: Mapping[str, str], platform: str, folder: Path
) -> None:
    assert cache_folder(environment, platform) == folder


def test_the_environment_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COEFGATE_CACHE", str(tmp_path))
    assert default_cache().folder == tmp_path


@pytest.mark.parametrize("home", ["", "relative"])
@pytest.mark.parametrize("named", [{}, {"COEFGATE_CACHE": "~/c"}])
@pytest.mark.parametrize("platform", ["linux", "darwin", "win32"])
def test_a_home_that_names_no_folder_is_none(
    home: str, named: dict[str, str], platform: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", home)
    assert cache_folder({"HOME": home, **named}, platform) is None
    assert cache_folder({"HOME": home, "COEFGATE_CACHE": "/c"}, platform) == Path("/c")


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    assert cache_folder({}, "linux") is None
    assert cache_folder({"XDG_CACHE_HOME": "/x"}, "linux") == Path("/x/coefgate")


def test_no_place_for_a_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(None)
    assert (cache.snapshot(snapshot().digest), cache.known("URL"), str(cache)) == (
        None,
        None,
        "the cache",
    )
    writes: list[Callable[[], None]] = [
        lambda: cache.keep(snapshot()),
        lambda: cache.remember("URL", index_of([], [])),
    ]
    for write in writes:
        with pytest.raises(
            EnvironmentProblem, match=r"no place for a cache: .* export COEFGATE_CACHE=FOLDER"
        ):
            write()
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert cache_folder({"COEFGATE_CACHE": "relative"}, "linux") is None
