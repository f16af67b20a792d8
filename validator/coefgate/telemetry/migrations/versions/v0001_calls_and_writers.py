"""The first tables: ``calls`` and ``writers``."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INTEGER: Final[Any] = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REAL: Final[Any] = sa.Double().with_variant(sa.REAL(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "calls",
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("sequence", _INTEGER, nullable=False),
        sa.Column("started_at", _INTEGER, nullable=False),
        sa.Column("finished_at", _INTEGER, nullable=False),
        sa.Column("runner", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=True),
        sa.Column("phase_id", sa.Text(), nullable=True),
        sa.Column("attempt", _INTEGER, nullable=True),
        sa.Column("call_id", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("complexity", sa.Text(), nullable=True),
        sa.Column("label_origin", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("output_mode", sa.Text(), nullable=True),
        sa.Column("deliverables", sa.Text(), nullable=False),
        sa.Column("deliverable_count", _INTEGER, nullable=False),
        sa.Column("redacted", sa.Boolean(), nullable=False),
        sa.Column("paths", sa.Text(), nullable=False),
        sa.Column("deliverables_from", sa.Text(), nullable=False),
        sa.Column("reply_matches", sa.Text(), nullable=False),
        sa.Column("sizes_unknown", _INTEGER, nullable=False),
        sa.Column("registry_version", sa.Text(), nullable=False),
        sa.Column("registry_commit", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("predicted_tokens", _INTEGER, nullable=False),
        sa.Column("interval_low", _INTEGER, nullable=False),
        sa.Column("interval_high", _INTEGER, nullable=False),
        sa.Column("interval_coverage", _REAL, nullable=True),
        sa.Column("share_measured", _REAL, nullable=False),
        sa.Column("budget", _INTEGER, nullable=False),
        sa.Column("budget_risk", _REAL, nullable=True),
        sa.Column("previous_output_tokens", _INTEGER, nullable=True),
        sa.Column("previous_truncated", sa.Boolean(), nullable=True),
        sa.Column("max_output_tokens", _INTEGER, nullable=True),
        sa.Column("input_tokens", _INTEGER, nullable=True),
        sa.Column("actual_output_tokens", _INTEGER, nullable=True),
        sa.Column("reasoning_tokens", _INTEGER, nullable=True),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("truncated", sa.Boolean(), nullable=True),
        sa.Column("success", sa.Boolean(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("writer", "sequence"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "writers",
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("runner", sa.Text(), nullable=False),
        sa.Column("program_version", sa.Text(), nullable=False),
        sa.Column("started_at", _INTEGER, nullable=False),
        sa.Column("seen_at", _INTEGER, nullable=False),
        sa.Column("begun", _INTEGER, nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("pruned_to", _INTEGER, nullable=False),
        sa.Column("pruned_lost", _INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("writer"),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("calls_started_at", "calls", ["started_at"])
