"""The rules of the house that no other tool holds."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from tests.repository_files import ROOT, files, text_of

PACKAGE = ROOT / "validator/coefgate"
MODULES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))

# Each is true of one machine or one network only. Written so that no pattern matches itself.
LOCAL = {
    "the home folder of a user": re.compile(
        r"(?<![\w.])(?:/home|/Users|C:\\+Users)[/\\]+(?!\*|<|\{)\w+[/\\]"
    ),
    "the address of a package registry": re.compile(
        r"https?://\S+/simple\b|https?://(?:\w+\.)?pythonhosted\b"
    ),
    "an option that names a package registry": re.compile(
        r"--(?:extra-)?index-url[ =]|--find-links[ =]"
    ),
}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_in_its_first_line_what_it_is_for(module: str) -> None:
    said = ast.get_docstring(ast.parse((PACKAGE / module).read_text(encoding="utf-8")))
    assert said
    assert said.splitlines()[0].strip()


@pytest.mark.parametrize("folder", sorted({Path(module).parent.as_posix() for module in MODULES}))
def test_every_folder_of_the_package_is_a_package(folder: str) -> None:
    # Without it the import contract does not see what lies in the folder.
    assert (PACKAGE / folder / "__init__.py").is_file()


def test_what_a_runner_imports_is_the_standard_library() -> None:
    """``coefgate`` itself stands for all that it pulls in."""
    rooms = [module.removesuffix(".py").replace("/", ".") for module in MODULES]
    names = [f"coefgate.{name}" for name in rooms if name.startswith(("core.", "runner."))]
    program = f"""
import importlib, sys
before = set(sys.modules)
for name in {["coefgate", *names]}:
    importlib.import_module(name.removesuffix(".__init__"))
came = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(*sorted(came - sys.stdlib_module_names - {{"coefgate"}}))
"""
    words = [sys.executable, "-I", "-c", program]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    assert len(names) > 20
    assert done.stdout.split() == []


def test_one_name_is_one_type() -> None:
    found: dict[str, list[str]] = {}
    for module in MODULES:
        for node in ast.parse((PACKAGE / module).read_text(encoding="utf-8")).body:
            if name := _type_defined_by(node):
                found.setdefault(name.lstrip("_"), []).append(module)
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


def _type_defined_by(node: ast.stmt) -> str | None:
    """The name of a class, or of what stands for a type: ``Sequence[int]``, ``str | None``."""
    if isinstance(node, ast.ClassDef):
        return node.name
    alias = isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript | ast.BinOp)
    target = node.targets[0] if isinstance(node, ast.Assign) and alias else None
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias":
        target = node.target
    name = target.id.lstrip("_") if isinstance(target, ast.Name) else ""
    return name if name[:1].isupper() and not name.isupper() else None


@pytest.mark.parametrize("page", [name for name in files() if name.endswith(".md")])
def test_prose_is_wrapped(page: str) -> None:
    """But for tables, what commands print, and the pages of a calibration, which stay."""
    outside = re.sub(r"(?ms)^ *```.*?^ *```", "", text_of(page))
    long = [line for line in outside.splitlines() if len(line) > 100 and line[:1] != "|"]
    assert page.startswith("docs/calibrations/") or long == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    local = {
        **LOCAL,
        "this folder or this user's home": re.compile(
            "|".join(rf"{re.escape(place)}[/\\]" for place in _places())
        ),
    }
    found = [
        f"{name}:{number}: {what}: {line.strip()[:80]}"
        for name in files()
        for number, line in enumerate(text_of(name).splitlines(), 1)
        for what, pattern in local.items()
        if pattern.search(line)
    ]
    assert found == []


BEFORE_A_WORD = re.compile(
    r"(?:^|: |&& |\()(?:cat|cd|curl|df|file|fuser|ls|mkdir|mv|open|rm|git add|git fetch|git merge|"
    r"git ls-remote|coefgate (?:init|pin))(?: --?[\w-]+)* $"
)
"""What ends where a command that is shown to a user goes on with something of that user's."""


@pytest.mark.parametrize("module", MODULES)
def test_what_a_user_named_is_quoted_in_commands_to_copy(module: str) -> None:
    """A folder may be called ``q'a b``."""
    text = (PACKAGE / module).read_text(encoding="utf-8")
    found = [
        f"{value.lineno}: {before.value}{ast.unparse(value.value)}"
        for shown in ast.walk(ast.parse(text))
        if isinstance(shown, ast.JoinedStr)
        for before, value in pairwise(shown.values)
        if isinstance(before, ast.Constant)
        and isinstance(value, ast.FormattedValue)
        and isinstance(before.value, str)
        and BEFORE_A_WORD.search(before.value)
        and not _is_quoted(ast.unparse(value.value), text)
    ]
    assert found == []


def _is_quoted(expression: str, text: str) -> bool:
    """By ``shlex`` here, or where the name gets its value; constants hold nothing of a user's."""
    if expression.isupper() or expression.startswith("shlex.") or expression.endswith(".typed"):
        return True
    return re.search(rf"(?m)^ *(?:.*, )?{expression}\b.*=.*\bshlex\.", text) is not None


BY_NAME = re.compile(  # in text without quotes and line ends
    r"(?:pipx? install|uv (?:add|tool install)|pipx run|uvx)"
    r"(?: (?:-\S+|[\w.\[\],-]+(?:[<>=~]=?\S+)?)(?<![.,;:]))*? "
    r"coefgate(?![\w./-])(?:\[[^]]*\])?+(?! ?@)"
)


def _by_name(text: str) -> list[str]:
    return BY_NAME.findall(re.sub(r"""["'`\s\\]+""", " ", text))


def test_nothing_tells_anybody_to_install_the_program_by_name_from_a_package_index() -> None:
    """No index has it: whoever registers the name there would be run."""
    for bad in (
        "pip install coefgate",
        "python -m pip install --upgrade 'coefgate[cli,html]'",
        'python -m pip install --upgrade "\n    "\'coefgate[telemetry]\'"',
        "only `pip install` of `coefgate`, without",
        "pip install 'rich>=13' coefgate==1.0",
        "uv tool install coefgate",
    ):
        assert _by_name(bad), bad
    for good in (
        'pip install "coefgate[cli] @ git+https://HOST/OWNER/REPOSITORY"',
        "pip install 'coefgate @ git+https://HOST/OWNER/REPOSITORY'",
        "pip install dist/coefgate-0.1.0-py3-none-any.whl",
        "pip install pre-commit. Then `coefgate gate`",
    ):
        assert not _by_name(good), good
    shipped = [name for name in files() if not name.startswith("tests/")]
    assert {name: found for name in shipped if (found := _by_name(text_of(name)))} == {}


@pytest.mark.parametrize(
    ("lock", "extras", "groups"),
    [
        ("cli.txt", ("cli",), ("build",)),
        ("action.txt", ("cli", "html"), ("build",)),
        ("portable.txt", ("cli",), ("portable",)),
        ("dev.txt", ("cli", "html"), ("dev",)),
        ("lock.txt", (), ("lock",)),
    ],
)
def test_a_lock_holds_what_the_project_asks_for(
    lock: str, extras: tuple[str, ...], groups: tuple[str, ...]
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        need
        for need in map(Requirement, _asked(project, extras, groups))
        if need.name != project["project"]["name"]  # an extra that holds another one
    ]
    locked = _locked(lock)
    missing = [str(need) for need in asked if not locked.get(_normal(need.name))]
    outside = [
        f"{need} but {version}"
        for need in asked
        for version in locked.get(_normal(need.name), ())
        if version not in need.specifier
    ]
    assert (missing, outside) == ([], []), (
        "pyproject.toml and the lock differ; write it anew: make lock"
    )


def test_tests_run_with_the_packages_that_users_get() -> None:
    dev = _locked("dev.txt")
    for found in (_locked("cli.txt"), _locked("action.txt"), _locked("portable.txt")):
        assert found == {name: dev.get(name) for name in found}


@pytest.mark.parametrize("lock", ["cli.txt", "action.txt", "portable.txt", "dev.txt", "lock.txt"])
def test_every_locked_package_has_hashes(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.partition("make lock\n")[2].strip())
    assert entries
    assert [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs/decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in folder.glob("*.md")} - {"README.md"}
    assert set(re.findall(r"\]\((\d{4}[^)]*)\)", index)) == pages


def test_actions_are_pinned_by_commit() -> None:
    uses = [
        use
        for path in sorted((ROOT / ".github").rglob("*.yml"))
        for use in re.findall(r"(?m)^\s*(?:- )?uses:\s*(\S+)", path.read_text(encoding="utf-8"))
    ]
    assert uses
    assert [
        use
        for use in uses
        if not use.startswith("./") and not re.fullmatch(r"\S+@[0-9a-f]{40}", use)
    ] == []


def test_an_installed_program_brings_its_schemas_and_its_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    schemas = {
        f"coefgate/schemas/{path.name}" for path in (ROOT / "schemas").glob("*.schema.json")
    }
    assert schemas
    assert schemas | {"coefgate/py.typed"} <= names
    assert {f"coefgate/{module}" for module in MODULES} <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"coefgate"}


def _places() -> list[str]:
    return [re.escape(str(place)) for place in (ROOT, Path.home()) if place != Path(place.anchor)]


def _asked(project: dict[str, Any], extras: tuple[str, ...], groups: tuple[str, ...]) -> list[str]:
    asked = [*project["project"]["dependencies"]]
    for extra in extras:
        asked += project["project"]["optional-dependencies"][extra]
    for group in groups:
        for entry in project["dependency-groups"][group]:
            asked += (
                _asked(project, (), (entry["include-group"],))
                if isinstance(entry, dict)
                else [entry]
            )
    return asked


def _locked(lock: str) -> dict[str, set[str]]:
    """Package → its versions; there are several where they depend on the version of Python."""
    versions: dict[str, set[str]] = {}
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    for name, version in re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE):
        versions.setdefault(name, set()).add(version)
    return versions


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
