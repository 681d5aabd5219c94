"""Remember what monitors' mails were about, so that a recovery is found to belong to its problem."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "watched",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proven", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", "case_id", name=op.f("pk_watched")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_watched_case_id")),
    )
    op.create_index(op.f("ix_watched_case_id"), "watched", ["case_id"])


def downgrade() -> None:
    op.drop_table("watched")
