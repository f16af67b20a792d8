"""The files of a new registry: coefficients from a prior, schemas for editors, two pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import PurePosixPath
from textwrap import fill
from types import MappingProxyType
from typing import Any, Final

from coefgate.core.program_version import program_version
from coefgate.registry.files import FOLDER, GATES_FILE, OVERHEAD_FOLDER
from coefgate.registry.schemas import shipped
from coefgate.registry.wording import ValuePath
from coefgate.registry.yaml_edit import with_data
from coefgate.registry.yaml_reader import strict_document
from coefgate.samples.files import RETIRED
from coefgate.use_cases.new_registry.templates import filled

CATEGORIES: Final = ("implementation", "refactoring", "tests", "docs", "configuration")
"""Those of a registry without calls, and of the rules that label calls."""
KINDS: Final = ("backend", "frontend", "test", "doc", "config")
"""The file kinds of the template ``file_kinds.yaml``."""
PAGE: Final = "docs/coefficients.md"
"""The page that tells the story of the numbers."""
LABELS: Final = f"{FOLDER}/labels.yaml"
README: Final = "README.md"
ATTRIBUTES: Final = ".gitattributes"
_FIXED: Final = ("file_kinds", "guardrails", "yanked")
_SCHEMAS: Final = (
    *("registry", "overhead", "marginal_costs", "file_kinds", "safety_margins", "model_factors"),
    *("tuning", "labels", "gates", "guardrails", "yanked", "retired"),
)
"""What an editor reads."""


def coefficients(
    prior: Mapping[str, Mapping[str, Any]],
    *,
    unit: str,
    aliases: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> dict[str, bytes]:
    """``coefficients/`` with the documents of a prior, by path; ``aliases``: by category."""
    documents = {file: _document(file, data) for file, data in prior.items()}
    main = f"{FOLDER}/registry.yaml"
    documents[main] = with_data(documents[main], main, {("unit",): unit})
    for category, others in aliases.items():
        file = f"{OVERHEAD_FOLDER}/{category}.yaml"
        documents[file] = with_data(documents[file], file, {("aliases",): list(others)})
    categories = sum(file.startswith(f"{OVERHEAD_FOLDER}/") for file in prior)
    aims: dict[ValuePath, object] = {("coverage_aims", "categories"): categories}
    gates = with_data(template("gates"), GATES_FILE, aims)
    fixed = {f"{FOLDER}/{name}.yaml": template(name) for name in _FIXED}
    return {**documents, GATES_FILE: gates, **fixed}


def template(name: str) -> bytes:
    """A YAML file of a registry as it is before anything is known."""
    return filled(f"registry/{name}.yaml").encode()


def _document(file: str, data: Mapping[str, Any]) -> bytes:
    """A file of coefficients: the template with these data, in their order."""
    path = PurePosixPath(file)
    name = "overhead" if path.parent.name == "overhead" else path.stem
    return with_data(template(name), file, {(key,): _decimal(one) for key, one in data.items()})


def _decimal(value: Any) -> Any:
    """The same with decimals instead of binary fractions, as YAML is read here."""
    if isinstance(value, Mapping):
        return {key: _decimal(one) for key, one in value.items()}
    return Decimal(str(value)) if isinstance(value, float) else value


def label_rules(*names: str) -> dict[str, bytes]:
    """``labels.yaml`` with the rules for these of ``category`` and ``complexity``, if any."""
    content = template("labels")
    rules = strict_document(content, LABELS).data["rules"]
    kept = [rule for rule in rules if any(name in rule for name in names)]
    return {LABELS: with_data(content, LABELS, {("rules",): kept})} if kept else {}


def schemas() -> dict[str, bytes]:
    """The schemas that the editor headers name, where these look for them."""
    files = [f"{name}.schema.json" for name in _SCHEMAS]
    return {f"schemas/{file}": shipped("schemas", file).read_bytes() for file in files}


def beside_coefficients(category: str, complexity: str) -> dict[str, bytes]:
    """What a registry has beside numbers and calls; its pages name a call of this cell."""
    call = f"--category {category} --complexity {complexity} create:docs/guide.md"
    return {
        RETIRED: template("retired"),
        ATTRIBUTES: filled("registry/gitattributes").encode(),
        README: filled("registry/readme.markdown", page=PAGE, call=call).encode(),
    }


def page(story: str) -> bytes:
    """The page that numbers refer to."""
    told = fill(story, 100, break_long_words=False, break_on_hyphens=False)
    return filled("registry/page.markdown", version=program_version(), story=told).encode()
