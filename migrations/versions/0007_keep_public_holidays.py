"""Keep public holidays with each policy version; versions stored before take theirs at the next start."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("policy_version") as table:
        table.add_column(sa.Column("days", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("policy_version") as table:
        table.drop_column("days")
