"""Rules of labels as values, in the order in which they stand."""

from __future__ import annotations

from pathlib import Path

from coefgate.registry.document import Document, Mark
from coefgate.registry.labels import LabelRule, labels_of
from coefgate.registry.yaml_reader import strict_document

FULL = Path(__file__).parents[2] / "schemas/fixtures/valid/labels/full.yaml"


def test_rules_are_read_in_order() -> None:
    assert labels_of(strict_document(FULL.read_bytes(), "labels.yaml")) == (
        LabelRule("tests", every_path=("tests/**", "*_test.{go,py}")),
        LabelRule("database", "high", any_path=("migrations/**",), words=("schema", "migration")),
        LabelRule(complexity="high", files_from=5, bytes_from=65536),
        LabelRule(complexity="low", files_from=1, files_to=2, bytes_from=0, bytes_to=4096),
        LabelRule("implementation"),
        LabelRule(complexity="medium"),
    )


def test_without_the_file_there_are_none() -> None:
    assert labels_of(Document("", None, Mark(1, 1, 1, 1, None))) == ()
