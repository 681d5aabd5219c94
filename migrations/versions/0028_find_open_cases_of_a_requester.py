"""Find what is open of somebody, as the mails to agents tell of it."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("turn <> ''")
    op.create_index(
        op.f("ix_cases_requester"), "cases", ["requester", "id"], sqlite_where=where, postgresql_where=where
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_cases_requester"), table_name="cases")
