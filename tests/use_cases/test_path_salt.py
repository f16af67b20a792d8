"""Where the salt of salted paths comes from, and which one is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from coefgate.core.problems import EnvironmentProblem, UsageProblem
from coefgate.use_cases.path_salt import path_salt

SALT = "0123456789abcdef"


def test_from_a_file_before_the_environment(tmp_path: Path) -> None:
    file, root = tmp_path / "salt", tmp_path / "registry"
    file.write_text(f"{SALT}\n", "utf-8")
    environment = {"COEFGATE_PATH_SALT": f" {SALT * 2} "}
    assert path_salt(file, environment, root) == SALT.encode()
    assert path_salt(None, environment, root) == SALT.encode() * 2


def test_none_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageProblem, match="there is no salt: name a file with --salt-file"):
        path_salt(None, {"COEFGATE_PATH_SALT": " "}, tmp_path)


def test_a_short_one(tmp_path: Path) -> None:
    told = "The salt in COEFGATE_PATH_SALT has 15 bytes, but at least 16 are needed"
    with pytest.raises(UsageProblem, match=told):
        path_salt(None, {"COEFGATE_PATH_SALT": SALT[1:]}, tmp_path)


def test_one_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match=r"salt cannot be read: .*secrets.token_hex"):
        path_salt(tmp_path / "salt", {}, tmp_path / "registry")


@pytest.mark.parametrize("place", ["salt", "registry/samples/salt"])
def test_one_in_the_repository(tmp_path: Path, place: str) -> None:
    (tmp_path / ".git").mkdir()
    file = tmp_path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SALT, "utf-8")
    with pytest.raises(UsageProblem, match="is in the repository of the registry"):
        path_salt(file, {}, tmp_path / "registry")


def test_one_in_the_folder_of_a_registry_without_git(tmp_path: Path) -> None:
    (tmp_path / "salt").write_text(SALT, "utf-8")
    with pytest.raises(UsageProblem, match="Keep it elsewhere, as in ~/coefgate-path-salt"):
        path_salt(tmp_path / "salt", {}, tmp_path)
