"""Add credit requests: one a customer and quarter."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "credit_request",
        sa.Column("customer", sa.String(length=200), nullable=False),
        sa.Column("quarter", sa.String(length=6), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("violations", sa.Integer(), nullable=False),
        sa.Column("percent", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("customer", "quarter", name=op.f("pk_credit_request")),
    )


def downgrade() -> None:
    op.drop_table("credit_request")
