"""Add undeliverable addresses, and an index that counts the last minute's acknowledgments."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ACKNOWLEDGMENTS = sa.text("kind IN ('ack', 'out-of-scope')")


def upgrade() -> None:
    op.create_table(
        "undeliverable",
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_undeliverable")),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_undeliverable_outbox_id")),
    )
    op.create_index(
        "ix_outbox_acknowledged_at",
        "outbox",
        ["created_at"],
        sqlite_where=_ACKNOWLEDGMENTS,
        postgresql_where=_ACKNOWLEDGMENTS,
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_acknowledged_at", table_name="outbox")
    op.drop_table("undeliverable")
