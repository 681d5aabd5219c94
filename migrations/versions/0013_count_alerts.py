"""Count alerts to the operators that are alike; find those of the last day by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ALERTS = {"sqlite_where": sa.text("kind = 'alert'"), "postgresql_where": sa.text("kind = 'alert'")}


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=400), nullable=False),
        sa.Column("key", sa.String(length=600), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("key", name=op.f("uq_alert_key")),
    )
    op.create_index(op.f("ix_alert_kind_at"), "alert", ["kind", "at"])
    op.create_table(
        "alert_told",
        sa.Column("kind", sa.String(length=400), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_alert_told")),
    )
    op.create_index("ix_outbox_alert_created_at", "outbox", ["created_at"], **_ALERTS)


def downgrade() -> None:
    op.drop_index("ix_outbox_alert_created_at", table_name="outbox")
    op.drop_table("alert_told")
    op.drop_table("alert")
