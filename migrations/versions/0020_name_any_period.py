"""Let credits be requested for months and years, whose names are longer than a quarter's."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("credit_request") as table:
        table.alter_column("quarter", existing_type=sa.String(6), type_=sa.String(10), existing_nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("credit_request") as table:
        table.alter_column("quarter", existing_type=sa.String(10), type_=sa.String(6), existing_nullable=False)
