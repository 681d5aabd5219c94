"""Remember how agents' mails end, so that their signatures go to no customer."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signature",
        sa.Column("agent", sa.String(length=320), nullable=False),
        sa.Column("recent", sa.JSON(), nullable=False),
        sa.Column("learnt", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("agent", name=op.f("pk_signature")),
    )


def downgrade() -> None:
    op.drop_table("signature")
