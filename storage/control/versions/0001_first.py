"""The first control plane: policy versions, incident states, report runs, schedule marks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "policy_versions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("policies", sa.Text, nullable=False),
        sa.Column("loaded_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "incident_states",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("incident_id", sa.String(64), nullable=False, index=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "report_runs",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("report", sa.String(64), nullable=False),
        sa.Column("schedule", sa.String(64)),
        sa.Column("window_from", sa.DateTime, nullable=False),
        sa.Column("window_to", sa.DateTime, nullable=False),
        sa.Column("due_at", sa.DateTime),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("finished_at", sa.DateTime),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.UniqueConstraint("schedule", "due_at", name="uq_report_runs_schedule_due_at"),
    )
    op.create_index("ix_report_runs_started_at", "report_runs", ["started_at"])
    op.create_table(
        "schedule_marks",
        sa.Column("schedule", sa.String(64), primary_key=True),
        sa.Column("served_until", sa.DateTime, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("schedule_marks", "report_runs", "incident_states", "policy_versions"):
        op.drop_table(table)
