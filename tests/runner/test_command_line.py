"""The commands of a runner in one process: what they print where, and their exit codes."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from pathlib import Path

import click
import pytest

from coefgate import __main__ as entry
from coefgate.commands import cli
from coefgate.runner import command_line, exit_code
from coefgate.runner.command_line import help_of, run
from coefgate.runner.command_names import COMMANDS, LINES
from coefgate.runner.lock import read_lock
from tests.runner.remotes import Remote, snapshot, version, yank
from tests.runner.servers import web_server

SECRET = "hunter2"  # noqa: S105 (opens nothing)


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Remote:
    """A remote; the current folder is empty, and so is the cache."""
    made = Remote(tmp_path / "remote.git")
    made.release("1.0.0", 10)
    made.release("1.1.0", 11)
    (tmp_path / "work" / "below").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("COEFGATE_CACHE", str(tmp_path / "cache"))
    return made


Said = pytest.CaptureFixture[str]


def test_from_pin_to_update(remote: Remote, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("pin", [f"{remote.url}@1.0.0"]) == 0
    old = f"1.0.0 ({snapshot(10).digest})"
    printed, said = capsys.readouterr()
    assert printed == f"coefgate.lock now pins {old}\n"
    following, warning = said.splitlines()
    assert following.startswith("Next: commit coefgate.lock, then load")
    assert warning.startswith(
        f"coefgate: warning: coefgate.lock names a path of this machine, {remote.url}, "
    )
    assert run("pin", [f"{remote.url}@1.0.0"]) == 0  # nothing new, nothing to do
    assert capsys.readouterr() == (f"{Path.cwd() / 'coefgate.lock'} stays on {old}\n", "")
    monkeypatch.chdir("below")
    path = Path.cwd().parent / "coefgate.lock"
    assert run("verify", []) == 0
    assert capsys.readouterr() == (
        f"{path} holds: {old} is in the cache, and the source was not asked\n",
        "",
    )
    remote.release("1.1.1", 12, yanked=[yank("1.0.0", "1.1.1")])
    assert run("update", ["--channel", "pinned"]) == 0
    printed, said = capsys.readouterr()
    assert printed == f"{path} stays on {old}\n"
    assert said.startswith(
        "coefgate: warning: version 1.0.0 was withdrawn on 2026-11-20: too low. Use 1.1.1"
    )
    assert run("verify", ["--online"]) == 0
    assert "as its source says" in capsys.readouterr().out
    assert run("verify", ["--strict"]) == 1
    printed, said = capsys.readouterr()
    assert printed.startswith(f"{path} holds: {old}")
    assert said.startswith("coefgate: warning: version 1.0.0 was withdrawn")
    assert run("update", ["--to", "v1.1.0"]) == 0
    assert "now pins 1.1.0" in capsys.readouterr().out
    assert run("verify", ["--strict"]) == 0
    capsys.readouterr()
    assert run("update", ["--lock", str(path)]) == 0
    assert (
        capsys.readouterr().out == f"{path} now pins 1.1.1 ({snapshot(12).digest}), before 1.1.0\n"
    )
    assert run("pin", [remote.url]) == 0
    assert list(Path.cwd().iterdir()) == []  # the lock above was meant


def test_an_address_that_everybody_reaches_is_not_warned_of(remote: Remote, capsys: Said) -> None:
    with web_server() as web:
        web.pages["/c.json"] = snapshot(10).data
        assert run("pin", [f"{web.root}/c.json"]) == 0
    assert "warning" not in capsys.readouterr().err


def test_shows(remote: Remote, capsys: Said) -> None:
    run("pin", [f"{remote.url}@1.0.0"])
    remote.release("1.1.1", 12, yanked=[yank("1.0.0", "1.1.1")])
    capsys.readouterr()
    assert run("show", ["--offline"]) == 0
    printed, said = capsys.readouterr()
    assert said == ""
    facts = dict(line.split(None, 1) for line in printed.splitlines())
    assert facts == {
        "lock": str(Path.cwd() / "coefgate.lock"),
        "url": remote.url,
        "version": "1.0.0",
        "commit": remote.git("rev-parse", "coefficients/v1.0.0^{commit}"),
        "digest": snapshot(10).digest,
        "trust": "transport",
        "checked": "by what its source said before",
        "cached": "yes",
        "newest": "1.1.0; go there with: coefgate update",
        "withdrawn": "not as far as known",
        "source": "not asked",
    }
    assert run("show", ["--format", "json"]) == 0
    printed, said = capsys.readouterr()
    assert "was withdrawn" in said
    shown = json.loads(printed)
    assert shown["yanked"]["replacement"] == "1.1.1"
    assert (shown["newest"], shown["cached"], shown["trust"]) == ("1.1.1", True, "transport")
    assert shown["source"] == {"asked": True, "problem": None}
    assert run("show", []) == 0
    assert (
        "withdrawn  on 2026-11-20: too low; use 1.1.1\nsource     asked\n"
        in capsys.readouterr().out
    )


def test_shows_when_the_source_is_away(remote: Remote, capsys: Said, tmp_path: Path) -> None:
    run("pin", [remote.url])
    remote.folder.rename(tmp_path / "gone")
    capsys.readouterr()
    assert run("show", []) == 0
    printed, said = capsys.readouterr()
    assert "source     could not be asked\n" in printed
    assert "newest     1.1.0\n" in printed
    assert "could not be read" in said


def test_shows_a_file_of_which_nothing_is_known(
    remote: Remote, capsys: Said, tmp_path: Path
) -> None:
    (tmp_path / "c.json").write_bytes(snapshot(10).data)
    assert run("pin", [str(tmp_path / "c.json")]) == 0
    capsys.readouterr()
    assert run("show", []) == 0
    printed = capsys.readouterr().out
    assert (
        "newest     not known\nwithdrawn  not known\nsource     asked, and it lists no release\n"
        in printed
    )
    (tmp_path / "c.json").unlink()
    (tmp_path / "cache" / "snapshots" / f"{snapshot(10).digest[7:]}.json").unlink()
    capsys.readouterr()
    assert run("show", []) == 0
    printed = capsys.readouterr().out
    assert "version    0.0.0+unversioned\ncommit     not known\n" in printed
    assert (
        "cached     no; fetch it with: coefgate verify --online\nnewest     not known\nwithdrawn  "
        "not known\n" in printed
    )


def test_allowed_signers(remote: Remote, capsys: Said, tmp_path: Path) -> None:
    signers = tmp_path / "signers"
    signers.write_text("# who may release\n\nname ssh-ed25519 AAAA\nother ssh-ed25519 BBBB\n")
    assert run("pin", [remote.url, "--allowed-signers", str(signers)]) == 3
    assert "is not signed with an ssh key" in capsys.readouterr().err
    assert not Path("coefgate.lock").exists()
    signers.write_text("# nobody\n")
    assert run("pin", [remote.url, "--allowed-signers", str(signers)]) == 2
    assert "names no signer" in capsys.readouterr().err
    assert run("pin", [remote.url, "--allowed-signers", str(tmp_path)]) == 5
    assert "cannot be read" in capsys.readouterr().err


def test_shows_signers(remote: Remote, capsys: Said) -> None:
    run("pin", [remote.url])
    lock = json.loads(Path("coefgate.lock").read_text())
    Path("coefgate.lock").write_text(
        json.dumps(lock | {"trust": {"allowed_signers": ["a b", "c d"]}})
    )
    capsys.readouterr()
    assert run("show", ["--offline"]) == 0
    assert "trust      tags signed by one of 2 ssh keys\n" in capsys.readouterr().out
    assert run("show", ["--offline", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["trust"] == {"allowed_signers": ["a b", "c d"]}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["pin"], 2, "the following arguments are required: URL[@VERSION]"),
        (["pin", "a", "b"], 2, "1 argument too many. See what it takes with: coefgate pin --help"),
        (["pin", "-x"], 2, "coefgate pin --help"),
        (["pin", "--", "-x"], 2, "does not begin with a dash"),
        (["pin", "REMOTE@-x"], 2, "'-x' is not a version"),
        (["pin", "REMOTE@main"], 2, "'main' is not a release"),
        (["pin", "REMOTE@7.0.0"], 2, "has no tag coefficients/v7.0.0"),
        (["pin", "nowhere"], 5, "could not be read"),
        (["verify"], 5, "no coefgate.lock in"),
        (["update"], 5, "no coefgate.lock in"),
        (["show"], 5, "no coefgate.lock in"),
        (["show", "--lock", "no.lock"], 5, "no.lock: cannot be read"),
        (["show", "--format", "xml"], 2, "invalid choice: 'xml'"),
        (["update", "--to", "1.4"], 2, "--to takes a release"),
        (["show", "--off"], 2, "1 argument too many"),
    ],
)
def test_what_goes_wrong(
    remote: Remote, capsys: Said, arguments: list[str], code: int, words: str
) -> None:
    name, *rest = (text.replace("REMOTE", remote.url) for text in arguments)
    assert run(name, rest) == code
    printed, said = capsys.readouterr()
    assert printed == ""
    assert said.startswith("coefgate: ")
    assert words in said
    assert not Path("coefgate.lock").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["pin", f"https://user:{SECRET}@127.0.0.1/r.git@1.0.0"],
        ["pin", f"user:{SECRET}@127.0.0.1:r.git"],
        ["pin", f"https://127.0.0.1/c.json?token={SECRET}"],
        ["pin", "a", f"https://user:{SECRET}@127.0.0.1/r.git"],
        ["show", f"user:{SECRET}@h"],
        ["show", f"--format=https://user:{SECRET}@h"],
        ["update", "--channel", f"https://user:{SECRET}@h"],
        ["update", "--to", f"https://user:{SECRET}@h"],
    ],
)
def test_a_secret_is_never_shown_nor_kept(
    remote: Remote, capsys: Said, tmp_path: Path, arguments: list[str]
) -> None:
    run("pin", [remote.url])
    before = Path("coefgate.lock").read_bytes()
    capsys.readouterr()
    assert run(arguments[0], arguments[1:]) == 2
    printed, said = capsys.readouterr()
    assert SECRET not in printed + said
    assert Path("coefgate.lock").read_bytes() == before
    for path in (path for path in tmp_path.rglob("*") if path.is_file()):
        assert SECRET.encode() not in path.read_bytes()


def test_a_secret_in_a_bug_report(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    def broken(_options: argparse.Namespace) -> int:
        raise ValueError(f"https://user:{SECRET}@h")

    monkeypatch.setitem(command_line._WORK, "pin", broken)
    assert run("pin", [f"https://user:{SECRET}@h"]) == 70
    said = capsys.readouterr().err
    assert "$ coefgate pin https://***@h" in said
    assert SECRET not in said


def test_a_secret_in_a_lock(remote: Remote, capsys: Said) -> None:
    run("pin", [remote.url])
    text = Path("coefgate.lock").read_text()
    Path("coefgate.lock").write_text(text.replace(remote.url, f"https://u:{SECRET}@h/r"))
    capsys.readouterr()
    for name in ("verify", "show", "update"):
        assert run(name, []) == 3
        printed, said = capsys.readouterr()
        assert "url or trust was edited" in said
        assert SECRET not in printed + said


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyboardInterrupt(), 130, "interrupted\n"),
        (OSError(28, "No space left on device", "x"), 5, "coefgate: x: No space left on device."),
        (ValueError("oops"), 70, "This is a bug in Coefgate"),
    ],
)
def test_ends(
    error: BaseException, code: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    def broken(_options: argparse.Namespace) -> int:
        raise error

    monkeypatch.setitem(command_line._WORK, "show", broken)
    assert run("show", []) == code
    assert capsys.readouterr().err.startswith(words)


def test_an_interruption_while_a_module_of_c_is_loaded(
    monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    def broken(_options: argparse.Namespace) -> int:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise SystemError("initialization of a module raised unreported exception")  # noqa: B904

    monkeypatch.setitem(command_line._WORK, "show", broken)
    assert run("show", []) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_reader_that_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w", encoding="utf-8") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        assert run("pin", ["--help"]) == 0
        monkeypatch.undo()


def test_without_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run("pin", ["--help"]) == 0
    assert run("pin", []) == 2
    exit_code.silence_output()


def test_a_terminal_that_cannot_show_a_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stderr", stream)
    assert run("update", ["--to", "é", "--lock", "x"]) == 2
    stream.flush()
    assert b"found '?'" in stream.buffer.getvalue()


# As part of `coefgate`


@pytest.mark.parametrize("name", LINES)
def test_click_shows_the_same(name: str, capsys: Said) -> None:
    assert run(name, ["--help"]) == 0
    direct = capsys.readouterr().out
    assert cli.run([name, "--help"]) == 0
    assert capsys.readouterr().out == direct == f"{help_of(name)}\n"
    command = cli.cli.get_command(click.Context(cli.cli), name)
    assert command is not None
    assert command.get_help(click.Context(command)) == help_of(name)
    assert command.help == COMMANDS[name]


def test_click_hands_on_the_exit_code(remote: Remote, capsys: Said) -> None:
    assert cli.run(["pin", f"{remote.url}@main"]) == 2
    assert cli.run(["pin", remote.url, "--lock", "other.lock"]) == 0
    assert read_lock(Path("other.lock")).version == version("1.1.0")
    assert cli.run(["verify"]) == 5


@pytest.fixture
def no_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "click", None)
    monkeypatch.delitem(sys.modules, "coefgate.commands.cli", raising=False)


def _main(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["coefgate", *arguments])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    return int(ended.value.code or 0)


def test_without_click(
    no_click: None, remote: Remote, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    assert _main(monkeypatch, "--help") == 0
    printed, said = capsys.readouterr()
    assert all(f"  {name}" in printed and line in printed for name, line in LINES.items())
    assert "(extra cli) with: python -m pip install 'click>=" in said
    assert _main(monkeypatch, "gate") == 5
    assert capsys.readouterr().out == ""
    assert _main(monkeypatch, "pin", remote.url) == 0
    assert _main(monkeypatch, "verify") == 0


def test_a_server_that_hangs_is_given_up_on_by_show(
    remote: Remote, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coefgate.runner.source.SHORT", 0.3)
    with web_server() as web:
        web.pages["/c.json"] = snapshot(10).data
        assert run("pin", [f"{web.root}/c.json"]) == 0
        lock = json.loads(Path("coefgate.lock").read_text())
        named = lock | {"url": f"{web.root}/c-1.0.0.json"}
        Path("coefgate.lock").write_text(json.dumps(named))
        web.pages["/index.json"] = web.hang
        capsys.readouterr()
        assert run("show", []) == 0
        printed, said = capsys.readouterr()
        assert "could not be asked" in printed
        assert "not complete after 0.3 s" in said
