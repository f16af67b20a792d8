"""docs/why/architecture.md: the map names every room, and each recipe works on a toy example."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator

from tests.frozen_registry import BY_HAND
from tests.repository_files import ROOT

PAGE = (ROOT / "docs/why/architecture.md").read_text("utf-8")
PROGRAM = "validator/coefgate"
SCHEMAS = "schemas"
PACKAGE = ROOT / PROGRAM
PACKAGES = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
RECIPES = dict(re.findall(r"^### (A new .*?)\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE))
COPIED = ("coefficients", "docs", "samples", "schemas", "validator", "pyproject.toml")


class Copy:
    """A copy of the repository in which somebody follows a recipe."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in COPIED:
            # Values and calls that stay as they are, whatever becomes of the shipped ones.
            source = (BY_HAND if (BY_HAND / name).is_dir() else ROOT) / name
            if source.is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(source, root / name, ignore=ignored)
            else:
                shutil.copy(source, root / name)
        self.git("init", "-q", "-b", "main")
        self.commit()

    def git(self, *words: str) -> str:
        who = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.org")
        done = subprocess.run(
            ["git", *who, *words], cwd=self.root, check=True, capture_output=True, text=True
        )
        return done.stdout

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", "accepted")

    def add(self, path: str, text: str) -> None:
        """A new file."""
        assert not (self.root / path).exists()
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, "utf-8")

    def edit(self, path: str, *pairs: tuple[str, str]) -> None:
        """Exchange texts, each of which stands in the file once."""
        text = (self.root / path).read_text("utf-8")
        for old, new in pairs:
            assert text.count(old) == 1, (path, old, text.count(old))
            text = text.replace(old, new)
        (self.root / path).write_text(text, "utf-8")

    def touched(self) -> set[str]:
        """The files that differ from what was committed, but for what makes a folder a package."""
        listed = self.git("status", "--porcelain", "--untracked-files=all", "--no-renames")
        found = {line[3:] for line in listed.splitlines() if "__pycache__" not in line}
        return {path for path in found if not path.endswith("/__init__.py")}

    def python(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run Python with the program of the copy."""
        environment = {**os.environ, "PYTHONPATH": str(self.root / "validator")}
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.root,
            env=environment,
            check=False,
            capture_output=True,
            text=True,
        )

    def coefgate(self, *words: str) -> str:
        """What the command of the copy prints, whatever its verdict."""
        done = self.python("-m", "coefgate", *words)
        assert done.returncode < 2, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def named_files(recipe: str, name: str) -> set[str]:
    """The files that a recipe names, with ``name`` in its place."""
    found = re.findall(r"^[-*] `([^`]+)`", RECIPES[recipe], re.MULTILINE)
    assert found, recipe
    return {path.replace("<name>", name) for path in found}


def test_every_package_has_its_place_on_the_map() -> None:
    table = set(re.findall(r"^\| `(\w+)/` \|", PAGE, re.MULTILINE))
    assert table == PACKAGES
    picture = PAGE.split("```mermaid\n")[1].split("```")[0]
    assert set(re.findall(r"^ *(\w+)\[", picture, re.MULTILINE)) == PACKAGES


def test_arrows_of_the_map_are_the_directions_that_are_held() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contract = project["tool"]["importlinter"]["contracts"][0]
    floor = {
        name: number
        for number, layer in enumerate(contract["layers"])
        for name in re.findall(r"\w+", layer)
    }
    picture = PAGE.split("```mermaid\n")[1].split("```")[0]
    arrows = re.findall(r"^ *(\w+) --> (\w+)", picture, re.MULTILINE)
    assert arrows
    assert [pair for pair in arrows if floor[pair[0]] >= floor[pair[1]]] == []


def test_arrows_of_the_map_are_imports_and_every_import_goes_along_them() -> None:
    arrows = set(re.findall(r"^ *(\w+) --> (\w+)", PAGE, re.MULTILINE))
    imports = {
        (package, one)
        for package in PACKAGES
        for module in (PACKAGE / package).rglob("*.py")
        for one in re.findall(r"^ *from coefgate\.(\w+)", module.read_text("utf-8"), re.MULTILINE)
        if one in PACKAGES - {package}
    }
    assert arrows - imports == set()
    ways = set(arrows)
    while further := {(a, d) for a, b in ways for c, d in arrows if b == c} - ways:
        ways |= further
    assert imports - ways == set()


def test_what_the_page_names_is_there() -> None:
    named = set(re.findall(r"`((?:validator|tests|docs|schemas|benchmarks)/[\w./-]+)`", PAGE))
    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda one: one.name)
def test_modules_that_a_page_names_are_there(page: Path) -> None:
    """Written as ``gates/rules`` or with ``.py``, below the program; a folder may be meant too."""
    modules = rf"`((?:{'|'.join(PACKAGES)})/\w[\w/]*)(?:\.py)?`"
    named = re.findall(modules, page.read_text("utf-8"))
    missing = [path for path in named if not (PACKAGE / f"{path}.py").exists()]
    assert [path for path in missing if not (PACKAGE / path).is_dir()] == []


def _rule(copy: Copy) -> str:
    """``round-tokens``: a change brings no number of tokens that is not a multiple of ten."""
    copy.add(
        f"{PROGRAM}/gates/round_tokens.py",
        '''"""``round-tokens``: tokens that change are multiples of ten."""

from __future__ import annotations

from coefgate.changes.change import Change
from coefgate.gates.verdict import Finding, RuleResult, finding_result


def round_tokens(found: tuple[Change, ...]) -> RuleResult:
    """Object to every changed number of tokens that is no multiple of ten."""
    findings = [
        Finding(f"{one.name} is {one.head}", one.file, one.line)
        for one in found
        if not one.gone and not one.name.startswith("margin.") and one.head % 10
    ]
    return finding_result(
        "round-tokens",
        "multiples of ten",
        findings,
        n=len(found),
        good="All are.",
        remedy="Round.",
    )
''',
    )
    copy.edit(
        f"{PROGRAM}/gates/rules.py",
        (
            '    Rule("judge-and-values"),',
            '    Rule("judge-and-values"),\n    Rule("round-tokens"),',
        ),
    )
    copy.edit(
        f"{PROGRAM}/gates/judge.py",
        (
            "            judge_and_values(proposal),",
            "            judge_and_values(proposal),\n            round_tokens(found),",
        ),
        (
            "from coefgate.gates.sample_rules",
            (
                "from coefgate.gates.round_tokens import round_tokens\n"
                "from coefgate.gates.sample_rules"
            ),
        ),
    )
    copy.edit(
        "schemas/report.schema.json",
        (
            '              "judge-and-values"\n',
            '              "judge-and-values",\n              "round-tokens"\n',
        ),
        ('      "maxItems": 19\n', '      "maxItems": 20\n'),
    )
    page = (copy.root / "docs/reference/gates.md").read_text("utf-8")
    section = "## round-tokens\n\n**Rule:** tokens that change are multiples of ten.\n\n"
    (copy.root / "docs/reference/gates.md").write_text(
        page.replace("## judge-and-values", f"{section}## judge-and-values", 1), "utf-8"
    )
    touched = copy.touched()
    copy.commit()
    copy.edit("coefficients/marginal_costs.yaml", ("tokens: 2210", "tokens: 2211"))
    report = json.loads(copy.coefgate("gate", "--base", "HEAD", "--format", "json"))
    copy.edit("coefficients/marginal_costs.yaml", ("tokens: 2211", "tokens: 2210"))
    (found,) = [rule for rule in report["rules"] if rule["rule"] == "round-tokens"]
    assert found["status"] == "fail"
    assert found["message"].startswith("marginal.create.doc is 2211")
    schema = json.loads((copy.root / "schemas/report.schema.json").read_text("utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(report)) == []
    assert "multiples of ten" in copy.coefgate("explain", "round-tokens")
    _take_back(copy, touched)
    return "round_tokens"


def _take_back(copy: Copy, touched: set[str]) -> None:
    """Leave the files of the recipe as the only difference again."""
    copy.git("reset", "-q", "--mixed", "HEAD~1")
    assert copy.touched() == touched


def _command(copy: Copy) -> str:
    """``coefgate kinds``: how many paths of stored calls each file kind takes."""
    copy.add(
        f"{PROGRAM}/use_cases/kinds.py",
        '''"""How many paths of stored calls each file kind takes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from coefgate.git.working_tree import checkout
from coefgate.use_cases.state import read_state


def kinds(root: Path) -> Counter[str]:
    """The paths of all stored calls in the folder ``root``, by file kind."""
    with checkout(root) as folder:
        state = read_state(folder, folder.repository)
    asked = (one.path for sample in state.store.samples for one in sample.deliverables)
    return Counter(map(state.table.kind_of, asked))
''',
    )
    copy.add(
        f"{PROGRAM}/commands/kinds.py",
        '''"""``coefgate kinds``: how many paths of stored calls each file kind takes."""

from __future__ import annotations

from pathlib import Path

import click

from coefgate.commands.options import registry_option
from coefgate.core.problems import PASS
from coefgate.runner.exit_code import emit
from coefgate.use_cases.kinds import kinds


@click.command()
@registry_option
def command(root: Path) -> int:
    """Count paths of stored calls by file kind."""
    emit("\\\\n".join(f"{kind} {count}" for kind, count in sorted(kinds(root).items())))
    return PASS
'''.replace("\\\\n", "\\n"),
    )
    names = f"{PROGRAM}/runner/command_names.py"
    text = (copy.root / names).read_text("utf-8")
    line = next(line for line in text.splitlines() if line.strip().startswith('"coverage":'))
    copy.edit(names, (line, f'{line}\n    "kinds": "count paths by file kind",'))
    assert "kinds" in copy.coefgate("--help")
    counted = dict(line.split() for line in copy.coefgate("kinds").splitlines())
    assert int(counted["test"]) > 0
    assert copy.python("docs/write_commands.py").returncode == 0
    return "kinds"


def _report_format(copy: Copy) -> str:
    """``bullets``: every title, sentence and row is a line that begins with a star."""
    copy.add(
        f"{PROGRAM}/reports/render/bullets.py",
        '''"""A page as lines that begin with a star."""

from __future__ import annotations

from collections.abc import Iterator

from coefgate.reports.page import Items, Page, Paragraph, TableBlock, Title, fitting, unmarked
from coefgate.core.characters import visible


def bullets(page: Page) -> str:
    """The whole page."""
    return "\\n".join(f"* {visible(line)}" for line in _lines(page))


def _lines(page: Page) -> Iterator[str]:
    for block in fitting(page, "narrow"):
        match block:
            case Title() | Paragraph():
                yield unmarked(block.words)
            case Items():
                yield from (unmarked(row.words) for row in block.rows)
            case TableBlock():
                yield from (", ".join(map(unmarked, cells)) for cells in block.cells)
'''.replace("\\\\n", "\\n"),
    )
    copy.edit(
        f"{PROGRAM}/reports/render/formats.py",
        (
            '        case "json":',
            '        case "bullets":\n            return bullets(page())\n        case "json":',
        ),
        (
            "from coefgate.reports.render.github",
            (
                "from coefgate.reports.render.bullets import bullets\n"
                "from coefgate.reports.render.github"
            ),
        ),
    )
    copy.edit(
        f"{PROGRAM}/commands/gate.py",
        ('format_option("text", "json"', 'format_option("text", "bullets", "json"'),
    )
    lines = copy.coefgate("gate", "--base", "HEAD", "--format", "bullets").splitlines()
    assert lines[0].startswith("* PASS")
    assert any(line.startswith("* smape, pass, ") for line in lines)
    costs = "coefficients/marginal_costs.yaml"
    copy.edit(costs, ("tokens: 2210", "tokens: many"))
    refused = copy.python("-m", "coefgate", "gate", "--format", "bullets")
    assert refused.returncode == 3
    assert "* INVALID" in refused.stdout.splitlines()[0]
    copy.edit(costs, ("tokens: many", "tokens: 2210"))
    assert copy.python("docs/write_commands.py").returncode == 0
    return "bullets"


def _importer(copy: Copy) -> str:
    """A log of three columns, one call a line: phase, path, tokens."""
    copy.add(
        f"{PROGRAM}/samples/foreign/importers/three_columns.py",
        '''"""A log of three columns: phase, path, tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coefgate.samples.foreign.call import ForeignCall, ForeignFile
from coefgate.samples.foreign.source import ForeignSource
from coefgate.samples.foreign.formats import ImportOptions

FILES: Final = ("*.log",)
UNITS: Final = ("call",)


def calls(source: ForeignSource, options: ImportOptions) -> Iterator[ForeignCall]:
    """One call for each line of the log."""
    for number, line in source.lines():
        phase, path, tokens = line.decode().split()
        yield ForeignCall(
            line=number,
            unit="call",
            actual_output_tokens=int(tokens),
            phase_id=phase,
            files=(ForeignFile(path, "create"),),
            deliverables_from="request",
        )


def recognises(fields: Mapping[str, Any]) -> bool:
    """No record of it is an object."""
    return False
''',
    )
    (copy.root / "calls.log").write_text("p1 docs/a.md 900\np2 src/b.py 4000\n")
    before = json.loads(copy.coefgate("samples", "audit", "--format", "json"))
    copy.coefgate("samples", "import", "three-columns", "calls.log")
    after = json.loads(copy.coefgate("samples", "audit", "--format", "json"))
    assert after["undeclared"] == before["undeclared"] + 2  # they say no category
    shutil.rmtree(copy.root / "samples/three-columns")
    (copy.root / "calls.log").unlink()
    return "three_columns"


def _schema(copy: Copy) -> str:
    """A schema of what ``coefgate coverage --format json`` prints."""
    found: dict[str, Any] = json.loads(copy.coefgate("coverage", "--format", "json"))
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What coefgate coverage --format json prints",
        "type": "object",
        "required": sorted(found),
        "properties": {name: {} for name in found},
        "additionalProperties": False,
    }
    copy.add(f"{SCHEMAS}/coverage.schema.json", json.dumps(schema, indent=2) + "\n")
    copy.add(f"{SCHEMAS}/fixtures/valid/coverage/shipped.json", json.dumps(found))
    copy.add(
        f"{SCHEMAS}/fixtures/invalid/coverage/unknown-key--more.json",
        json.dumps({**found, "more": 1}),
    )
    validator = Draft202012Validator(schema)
    assert list(validator.iter_errors(found)) == []
    assert list(validator.iter_errors({**found, "more": 1}))
    return "coverage"


FOLLOWED: Final[dict[str, Callable[[Copy], str]]] = {
    "A new rule": _rule,
    "A new command": _command,
    "A new report format": _report_format,
    "A new importer": _importer,
    "A new schema": _schema,
}
"""Each follows its recipe in a copy, tries what came of it, and returns the name it gave."""


def test_every_recipe_is_followed() -> None:
    assert set(RECIPES) == set(FOLLOWED)


@pytest.mark.parametrize("recipe", FOLLOWED)
def test_a_recipe_names_what_it_touches(recipe: str, copy: Copy) -> None:
    name = FOLLOWED[recipe](copy)
    assert copy.touched() == named_files(recipe, name)
