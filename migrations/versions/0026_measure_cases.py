"""Keep beside a case what reports count of it; cases of before are read from their events as long as it is missing."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cases", sa.Column("measured", sa.JSON(none_as_null=True), nullable=True))
    op.create_index(op.f("ix_cases_opened_at"), "cases", ["opened_at", "id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_cases_opened_at"), table_name="cases")
    op.drop_column("cases", "measured")
