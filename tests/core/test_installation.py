"""What to install: the packages themselves, as the project declares them, and no bare name."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from coefgate.core.installation import MissingPackages, install_again, packages_of
from tests.repository_files import ROOT

EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
    "optional-dependencies"
]
CODE = """
import sys
sys.path[:0] = [sys.argv[1]]
from coefgate.core.installation import MissingPackages, install_again
print(MissingPackages(*sys.argv[2:]), install_again("Get a newer one"), sep="\\n")
"""


def _said(folder: Path, *arguments: str) -> list[str]:
    """What a copy of the package says where nothing else is installed."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", CODE, str(folder), *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.splitlines()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder with the package, as installed, and what it asks for."""
    shutil.copytree(ROOT / "validator/coefgate/core", tmp_path / "coefgate/core")
    (tmp_path / "coefgate/__init__.py").touch()
    facts = tmp_path / "coefgate-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: coefgate\nVersion: 1.0\n"
        "Requires-Dist: click>=8.1; extra == 'cli'\n"
        'Requires-Dist: coefgate[cli]; extra == "html"\n'
        'Requires-Dist: vl-convert-python>=1.7 ; extra == "html"\n',
        "utf-8",
    )
    return tmp_path


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_is_what_the_project_declares_and_never_the_program_itself(extra: str) -> None:
    found = packages_of(extra)
    own = {one for one in EXTRAS[extra] if Requirement(one).name != "coefgate"}
    assert own <= set(found)
    assert ("click>=8.1" in found) == (extra in {"cli", "html", "telemetry"})
    assert "coefgate" not in {Requirement(one).name for one in found}


@pytest.mark.parametrize(
    ("package", "extra"),
    [
        ("click", "cli"),
        ("yaml", "cli"),  # no requirement has this name
        ("jinja2", "html"),
        ("vl_convert", "html"),
        ("sqlalchemy.orm", "telemetry"),
        ("genai_prices", "prices"),
        ("apprise", "alerts"),
    ],
)
def test_the_extra_of_a_package_follows_from_its_name(package: str, extra: str) -> None:
    assert (
        f"({package} is missing); a runner works without them. Install them (extra {extra})"
        in (str(MissingPackages("the command", package)))
    )


def test_further_extras_are_named_at_once() -> None:
    missing = MissingPackages("the command", "click")
    assert "(extra cli)" in str(missing.beside(()))
    both = missing.beside(("telemetry",)).beside(("cli", "html"))
    assert "(extras cli, telemetry, html)" in str(both)


def test_an_installed_copy_takes_them_from_its_metadata(copy: Path) -> None:
    missing, newer = _said(copy, "--format html", "vl_convert", "html")
    assert missing.endswith(
        "(extra html) with: python -m pip install 'click>=8.1' 'vl-convert-python>=1.7'"
    )
    assert newer.endswith("--force-reinstall 'coefgate @ git+https://HOST/OWNER/REPOSITORY'")
    (copy / "click-8.3.dist-info").mkdir()
    (copy / "click-8.3.dist-info/METADATA").write_text("Name: click\nVersion: 8.3\n", "utf-8")
    missing, _ = _said(copy, "--format html", "vl_convert")
    assert missing.endswith("(extra html) with: python -m pip install 'vl-convert-python>=1.7'")


@pytest.mark.parametrize(
    ("url", "vcs", "shown"),
    [
        ("https://git.example.org/a/b.git", "git", "git+https://git.example.org/a/b.git"),
        ("ssh://git@git.example.org/a/b", "git", "git+ssh://git@git.example.org/a/b"),
        ("https://secret@git.example.org/a/b", "git", "git+https://HOST/OWNER/REPOSITORY"),
        ("https://a:secret@git.example.org/a", "git", "git+https://HOST/OWNER/REPOSITORY"),
        ("https://git.example.org/a/b?t=secret", "git", "git+https://HOST/OWNER/REPOSITORY"),
        ("file:///a/b", None, "git+https://HOST/OWNER/REPOSITORY"),
    ],
)
def test_the_git_address_it_came_from_is_shown_unless_it_may_hold_a_secret(
    url: str, vcs: str | None, shown: str, copy: Path
) -> None:
    content = {"url": url} | ({"vcs_info": {"vcs": vcs}} if vcs else {"dir_info": {}})
    (copy / "coefgate-1.0.dist-info/direct_url.json").write_text(json.dumps(content), "utf-8")
    _, newer = _said(copy, "x", "click")
    assert newer == (
        "Get a newer one from where this one came from (README, Installation) with: "
        f"python -m pip install --force-reinstall 'coefgate @ {shown}'"
    )


def test_a_copy_that_knows_nothing_of_itself_says_where_to_get_the_whole(copy: Path) -> None:
    shutil.rmtree(copy / "coefgate-1.0.dist-info")
    missing, _ = _said(copy, "the command", "click")
    assert missing.endswith("'coefgate[cli] @ git+https://HOST/OWNER/REPOSITORY'")
    assert install_again("x", "cli", "html").endswith(
        "'coefgate[cli,html] @ git+https://HOST/OWNER/REPOSITORY'"
    )
