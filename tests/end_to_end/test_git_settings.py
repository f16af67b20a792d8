"""What a user has set up for git, in its settings or in the environment, alters no answer."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Coefgate, Outcome

Git = Callable[..., str]
UNUSUAL = Path(__file__).parent / "unusual.gitconfig"
DOCS = "coefficients/overhead/docs.yaml"
READING = (
    ("history", "docs.low"),
    ("diff", "HEAD~1", "HEAD", "--format", "json"),
    ("gate", "--format", "json"),
    ("gate", "--base", "HEAD~1", "--head", "HEAD", "--format", "json"),
    ("replay", "--at", "HEAD~1", "--format", "json"),
    ("coverage", "--format", "json"),
    ("explain", "docs.low", "--format", "json"),
    ("check",),
    ("build", "-o", "-"),
)
SOME = READING[:3]
OF_ONE_REPOSITORY = {
    *("core.bare", "core.worktree", "core.repositoryformatversion"),
    *("core.sparsecheckout", "core.sparsecheckoutcone"),
}


@pytest.fixture
def merged(registry: Path, git: Git) -> Git:
    """A history with a merge, a trailer, a name that is not ASCII, and a file touched since."""
    (registry / "people").write_text(
        "Somebody Else <else@example.org> <tester@example.org>\n", "utf-8"
    )
    (registry / "action.yml").write_text("runs: {}\n", "utf-8")
    git("add", "-A")
    git("commit", "-qm", "beside the registry")
    git("tag", "-a", "-m", "release", "coefficients/v1.0.0")
    git("switch", "-q", "-c", "proposal")
    edit(registry, "tokens: 15490", "tokens: 15480")
    told = "lower docs\n\nIt is less by now.\n\nReviewed-by: Jürgen <j@example.org>\n"
    git("commit", "-qam", told, "--author=Zoë <zoe@example.org>")
    git("switch", "-q", "main")
    git("merge", "-q", "--no-ff", "--no-edit", "proposal")
    edit(registry, "tokens: 15480", "tokens: 15470")
    os.utime(registry / "action.yml", (1_800_000_000, 1_800_000_000))
    return git


def edit(root: Path, old: str, new: str) -> None:
    text = (root / DOCS).read_text("utf-8")
    assert old in text
    (root / DOCS).write_text(text.replace(old, new, 1), "utf-8")


def answers(
    coefgate: Coefgate,
    environment: Mapping[str, str],
    commands: Iterable[tuple[str, ...]] = READING,
) -> dict[tuple[str, ...], Outcome]:
    return {words: coefgate(*words, environment=environment) for words in commands}


def missing_there() -> set[str]:
    """Settings in the file's sections that the installed git documents and the file lacks."""
    sections = re.findall(r"^\[(\w+)", UNUSUAL.read_text("utf-8"), re.MULTILINE)
    listed = output("git", "help", "--config").lower().split()
    documented = {
        name
        for name in listed
        if re.fullmatch(rf"({'|'.join(sections)})\.[^*]+", name, re.IGNORECASE)
    }
    assert len(documented - OF_ONE_REPOSITORY) > 200
    there = output("git", "config", "--file", str(UNUSUAL), "--list", "--name-only").lower()
    forms = {
        name: re.sub(r"<[^>]*>", "[^.\n]+", name.replace(".", r"\."))
        for name in documented - OF_ONE_REPOSITORY
    }
    return {
        name for name, form in forms.items() if not re.search(rf"^{form}$", there, re.MULTILINE)
    }


def output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def unusual(tmp_path: Path, git: Git) -> Path:
    """The settings of the file, and what a newer git has beyond the list, where it can be true."""
    settings = tmp_path / "settings"
    settings.write_text(f"[include]\n\tpath = {UNUSUAL}\n", "utf-8")
    for name in sorted(missing_there()):
        with suppress(subprocess.CalledProcessError):
            git("-c", f"{name}=true", "diff", "--stat", "HEAD")
            git("config", "--file", str(settings), name, "true")
    return settings


def test_no_setting_alters_an_answer(merged: Git, coefgate: Coefgate, unusual: Path) -> None:
    plain = answers(coefgate, {})
    assert "Zoë" in plain["history", "docs.low"].out
    assert "Jürgen" in plain["history", "docs.low"].out
    found = answers(coefgate, {"GIT_CONFIG_GLOBAL": str(unusual)})
    for words, outcome in plain.items():
        assert outcome.out, words
        assert found[words] == outcome, words
    merged("commit", "-qam", "third")
    who = {
        f"GIT_{role}_{key}": "t@example.org"
        for role in ("AUTHOR", "COMMITTER")
        for key in ("NAME", "EMAIL")
    }
    planned = coefgate("release", "--dry-run", environment=who)
    assert planned.code == 0, planned.text
    assert (
        coefgate("release", "--dry-run", environment={**who, "GIT_CONFIG_GLOBAL": str(unusual)})
        == planned
    )


def test_no_variable_alters_an_answer(
    merged: Git, registry: Path, coefgate: Coefgate, tmp_path: Path
) -> None:
    plain = answers(coefgate, {}, SOME)
    root = merged("rev-list", "--max-parents=0", "HEAD")
    grafts = tmp_path / "grafts"
    grafts.write_text(f"{merged('rev-parse', 'HEAD')}\n", "utf-8")
    merged("replace", "HEAD^{commit}", root)
    (registry / ".git/info/grafts").write_text(grafts.read_text("utf-8"), "utf-8")
    named = {
        **{f"GIT_{name}_PATHSPECS": "1" for name in ("LITERAL", "ICASE")},
        **dict.fromkeys(
            ("GIT_EXTERNAL_DIFF", "GIT_PAGER", "GIT_EDITOR", "GIT_PROXY_COMMAND"), "false"
        ),
        **{
            name: str(tmp_path / "nowhere")
            for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_COMMON_DIR")
        },
        **{f"GIT_TRACE{name}": "1" for name in ("", "_SETUP", "2", "2_PERF", "2_EVENT")},
        "GIT_ATTR_SOURCE": "HEAD~1",
        "GIT_CEILING_DIRECTORIES": f"{tmp_path}:{registry}",
        "GIT_DIFF_OPTS": "--unified=0",
        "GIT_GRAFT_FILE": str(grafts),
        "GIT_NAMESPACE": "other",
        "GIT_NOTES_REF": "refs/notes/other",
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "nowhere"),
        "GIT_OPTIONAL_LOCKS": "1",
        "GIT_REF_PARANOIA": "0",
        "GIT_REPLACE_REF_BASE": "refs/replace/",
        "LANGUAGE": "de:fr",
        "LC_ALL": "de_DE.UTF-8",
    }
    found = answers(coefgate, named, SOME)
    for words, outcome in plain.items():
        assert found[words] == outcome, words


def test_settings_of_the_command_line_around_it_do_not_win(
    merged: Git, coefgate: Coefgate
) -> None:
    plain = coefgate("history", "docs.low")
    named = {"GIT_CONFIG_PARAMETERS": "'mailmap.file'='people' 'trailer.separators'='#'"}
    assert coefgate("history", "docs.low", environment=named) == plain
